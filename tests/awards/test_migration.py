"""Certificates of places get their issuer, and go back; an award stops the way back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lms.db import db
from tests.enrolment.test_migration import STORY, rows
from tests.make import own_app

pytestmark = pytest.mark.heavy

BEFORE = "0031"
_CERTIFICATE = """
insert into certificate (id, public_id, serial, code, enrolment_id, version, user_id, kind, state,
 content, credential, credential_digest, status_index, issued_at, issued_by_id, valid_from,
 timezone) values (:number, :name, :name, :name, 2, :number, 2, 'attendance', :state, '{}', '{}',
 :name, :number, '2026-03-01', 1, '2026-03-01', 'UTC')
"""
PLACES = "select id, enrolment_id, state, kind from certificate order by id"


def insert(number: int, state: str) -> None:
    """The so many-th certificate of one place."""
    values = {"number": number, "name": str(number), "state": state}
    db.session.execute(text(_CERTIFICATE), values)


@pytest.fixture
def before(tmp_path: Path) -> Iterator[Flask]:
    """A database of the release before, with a certificate that was replaced by another."""
    with own_app("awardsup", tmp_path, migrated=False) as app, app.app_context():
        upgrade(revision="0007")
        for statement in STORY.split(";"):
            db.session.execute(text(statement.replace(":", r"\:")))
        db.session.commit()
        upgrade(revision=BEFORE)
        insert(1, "superseded")
        insert(2, "issued")
        db.session.commit()
        yield app


def refused(statement: str) -> bool:
    try:
        with db.session.begin_nested():
            db.session.execute(text(statement))
    except IntegrityError:
        return True
    return False


@pytest.mark.usefixtures("before")
def test_certificates_of_places_know_their_issuer_and_come_back() -> None:
    places = rows(PLACES)
    upgrade()
    assert rows(PLACES) == places
    assert rows("select distinct issuer_id, programme_id from certificate") == [(1, None)]
    # What may be there once is held as before: a table written anew keeps its partial index.
    assert refused("update certificate set state = 'issued' where id = 1")
    assert refused("update certificate set enrolment_id = null where id = 2")
    assert refused("update certificate set kind = 'award' where id = 2")
    db.session.rollback()
    downgrade(revision=BEFORE)
    assert rows(PLACES) == places


@pytest.mark.usefixtures("before")
def test_an_award_stops_the_way_back() -> None:
    upgrade()
    db.session.execute(
        text(
            "insert into programme (id, public_id, provider_id, code, award, state, titles,"
            " summaries, entry, credits, created_at) values (1, 'p', 1, 'P', 'diploma',"
            " 'published', '{}', '{}', '{}', 300, '2026-01-01')"
        )
    )
    award = "set enrolment_id = null, programme_id = 1, kind = 'award', version = 1"
    db.session.execute(text(f"update certificate {award} where id = 1"))
    db.session.execute(text("update certificate set user_id = 2, state = 'issued' where id = 1"))
    assert refused(f"update certificate {award}, user_id = 2 where id = 2")  # one in use
    db.session.commit()
    with pytest.raises(IntegrityError):
        downgrade(revision=BEFORE)
    db.session.rollback()
    assert rows("select kind from certificate order by id") == [("award",), ("attendance",)]
