"""Every route, every role of two providers, on objects that exist: the answers are under review.

Objects come in three sets: the course of aisyah and trainer1; another course of the same provider;
another provider. ``LMS_WRITE_MATRIX=1 pytest tests/house/test_access.py`` writes the file anew;
read its difference.
"""

import os
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from lms.kernel import clock
from tests import access, addresses
from tests.conftest import SignIn, rolled_back

MATRIX = Path(__file__).with_name("access_matrix.txt")


@pytest.mark.parametrize("kind", access.KINDS)
def test_every_route_answers_every_role_as_reviewed(institute: Flask, kind: str) -> None:
    # The time stands: sessions are not noted as in use again and again, however long it takes.
    stands = time_machine.travel(clock.now(), tick=False)
    with stands, rolled_back(institute) as connection:
        answers = access.asked(institute, connection, kind)
    found = access.section(kind, answers)
    if os.environ.get("LMS_WRITE_MATRIX"):
        MATRIX.write_text(access.with_section(MATRIX.read_text(), kind, found))
    assert found == access.sections(MATRIX.read_text()).get(kind)
    assert access.strangers_let_in(kind, answers) == []
    assert access.told_to_strangers(answers) == []
    assert access.gets_that_wrote(answers) == []


def test_an_object_under_a_parent_that_is_not_its_own_is_not_there(institute: Flask) -> None:
    with rolled_back(institute) as connection:
        mixed = access.set_the_table("own")
        sibling = access.furnished("sibling")
        mixed |= {name: sibling[name] for name in access.NESTED}
        ask = access.ask_undone(institute, connection)
        nested = [rule for rule in addresses.rules_of(institute) if access.is_nested(rule)]
        answers = access.ask_rules(institute, "own", nested, mixed, ask)
    assert len(answers) >= 7
    found = {status for answer in answers for status in answer.statuses.values()}
    assert found == {302, 403, 404}
    assert all(
        status == 302 if who == access.NOBODY else status in {403, 404}
        for answer in answers
        for who, status in answer.statuses.items()
    )


def test_a_write_would_be_seen(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    with access.watching_writes() as wrote:
        visitor.get("/desk")
    assert wrote == []
    with access.watching_writes() as wrote:
        visitor.post("/language", data={"language": "id"})
    assert any(statement.startswith("UPDATE user_account") for statement in wrote)


def test_every_view_declares_who_may_use_it(institute: Flask) -> None:
    undeclared = [
        endpoint
        for endpoint, view in institute.view_functions.items()
        if endpoint != "static" and getattr(view, "access", None) is None
    ]
    assert undeclared == []


def test_a_view_that_declares_nothing_answers_nobody(tmp_path: Path) -> None:
    from lms import create_app
    from tests.prepared import settings

    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path}/x.sqlite3"))
    app.add_url_rule("/undeclared", "forgotten", lambda: "open to all")
    assert app.test_client().get("/undeclared").status_code == 403


def test_a_form_without_its_token_is_refused(tmp_path: Path) -> None:
    from lms import create_app
    from tests.prepared import settings

    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path}/x.sqlite3", testing=False))
    answer = app.test_client().post("/sign-in", data={"email": "a@b.example", "password": "x"})
    assert answer.status_code == 400
