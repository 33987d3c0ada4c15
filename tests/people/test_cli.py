"""``lms users``: what administrators do where no page can help."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from lms.db import db, transaction
from lms.kernel import clock
from lms.people import passkeys, passwords, queries, second_factor, sessions, who
from lms.people.models import RoleGrant, User
from lms.people.sessions import Origin
from lms.web import running

Run = Callable[..., Result]
GOOD = "kuih lapis dan teh tarik"


@pytest.fixture
def run(app: Flask) -> Run:
    """Run ``lms users`` and read the database anew afterwards."""

    def invoke(*words: str) -> Result:
        result = app.test_cli_runner().invoke(args=["users", *words])
        db.session.expire_all()
        return result

    return invoke


def user(email: str) -> User | None:
    return queries.user_by_email(email)


def roles(email: str) -> set[str]:
    person = user(email)
    assert person is not None
    return set(db.session.scalars(select(RoleGrant.role).where(RoleGrant.user_id == person.id)))


def test_accounts_are_listed_for_people_and_for_programs(run: Run) -> None:
    assert "aisyah@sijil.example" in run("list").output
    found = json.loads(run("list", "--json").output)
    assert {"name": "Budi Santoso", "email": "budi@sijil.example"}.items() <= next(
        one for one in found if one["email"].startswith("budi@")
    ).items()


def test_an_account_is_added_once(run: Run) -> None:
    words = ("add", "baru@test.example", "Orang Baru", "--organisation", "JKM", "--password", GOOD)
    assert run(*words).exit_code == 0
    made = user("baru@test.example")
    assert made is not None
    assert made.organisation is not None
    assert made.organisation.code == "JKM"
    again = run(*words)
    assert again.exit_code == 1
    assert "has an account already" in again.output


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--organisation", "NONE", "--password", GOOD], "no organisation NONE"),
        (["--password", "short"], "12"),
    ],
)
def test_a_faulty_account_is_not_added(run: Run, more: list[str], words: str) -> None:
    refused = run("add", "baru@test.example", "Orang Baru", *more)
    assert refused.exit_code == 1
    assert words in refused.output
    assert user("baru@test.example") is None


def test_roles_are_given_and_ended(run: Run) -> None:
    grant = ("grant", "aisyah@sijil.example", "trainer", "ILKS")
    assert run(*grant).exit_code == 0
    assert roles("aisyah@sijil.example") == {"trainer"}
    assert "holds that role already" in run(*grant).output
    assert run("revoke", *grant[1:]).exit_code == 0
    assert roles("aisyah@sijil.example") == set()
    assert "does not hold that role" in run("revoke", *grant[1:]).output
    assert "no such account" in run("grant", "nobody@test.example", "trainer", "ILKS").output


def test_a_password_is_set_and_ends_the_sessions(run: Run) -> None:
    person = user("aisyah@sijil.example")
    assert person is not None
    with transaction():
        _, secret = sessions.begin(person, Origin("", ""), now=clock.now())
    assert run("password", person.email, "--password", GOOD).exit_code == 0
    assert passwords.matches(GOOD, person.password_hash)
    assert who.by_secret(secret, now=clock.now()) is None
    assert run("password", person.email, "--password", "short").exit_code == 1
    assert run("password", "nobody@test.example", "--password", GOOD).exit_code == 1
    assert passwords.matches(GOOD, person.password_hash)


def test_a_lost_second_factor_is_forgotten(run: Run) -> None:
    person, now, secret = user("registrar@sijil.example"), clock.now(), b"12345678901234567890"
    assert person is not None
    with transaction():
        code, keys = second_factor.code_at(secret, now), running.settings().data_keys
        second_factor.set_up(person, secret, code, keys=keys, now=now)
    assert run("second-factor-off", person.email).exit_code == 0
    assert second_factor.of_user(person.id) is None
    assert passkeys.of_user(person.id) == []
    assert second_factor.recovery_codes_left(person.id) == 0
    assert run("second-factor-off", "nobody@test.example").exit_code == 1
