"""Seats that stood at the offering become a pool, and go back; places keep ticket and state."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from lms.db import db
from tests.make import own_app

pytestmark = pytest.mark.heavy

STORY = """
insert into organisation (id, public_id, code, name, kind, path, timezone, signatories, created_at)
values (1, 'a', 'ORG', 'Institute', 'provider', '/1/', 'UTC', '[]', '2026-01-01');
insert into user_account (id, public_id, name, name_key, email, email_key, password_hash, locale,
 is_active, created_at) values
 (1, 'u1', 'A', 'a', 'a@x', 'a@x', '-', 'ms', true, '2026-01-01'),
 (2, 'u2', 'B', 'b', 'b@x', 'b@x', '-', 'ms', true, '2026-01-01'),
 (3, 'u3', 'C', 'c', 'c@x', 'c@x', '-', 'ms', true, '2026-01-01');
insert into course (id, public_id, provider_id, code, kind, created_at)
values (1, 'c', 1, 'C', 'short', '2026-01-01');
insert into course_version (id, public_id, course_id, number, state, titles, summaries, outcomes,
 contents, minutes, credit, cpd, mode, languages, certificate, attendance_percent, row_version,
 created_at) values (1, 'v', 1, 1, 'published', '{}', '{}', '[]', '[]', 60, 0, 0, 'online', '[]',
 'attendance', 80, 1, '2026-01-01');
insert into offering (id, public_id, course_version_id, code, state, starts_on, ends_on, venue,
 capacity, taken, waiting, ticket, opens_at, closes_at, created_at) values (1, 'o', 1, 'O', 'open',
 '2026-02-01', '2026-02-02', '-', 1, 1, 1, 3, '2026-01-01', '2026-02-01', '2026-01-01');
insert into enrolment (id, public_id, offering_id, user_id, state, ticket, withdrawn_at, created_at)
values (1, 'e1', 1, 1, 'withdrawn', 1, '2026-01-05', '2026-01-01'),
 (2, 'e2', 1, 2, 'confirmed', 2, null, '2026-01-01'),
 (3, 'e3', 1, 3, 'waiting', 3, null, '2026-01-01')
"""


@pytest.fixture
def before(tmp_path: Path) -> Iterator[Flask]:
    """A database of the release before, in use."""
    with own_app("seats", tmp_path, migrated=False) as app, app.app_context():
        upgrade(revision="0007")
        for statement in STORY.split(";"):
            db.session.execute(text(statement.replace(":", r"\:")))
        db.session.commit()
        yield app


def rows(statement: str) -> list[tuple[object, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found


PLACES = "select id, state, ticket from enrolment order by id"


@pytest.mark.usefixtures("before")
def test_seats_and_places_move_and_come_back() -> None:
    places = rows(PLACES)
    upgrade(revision="0008")
    assert rows(PLACES) == places
    assert rows("select mode, capacity, taken, waiting, ticket from seat_pool") == [
        ("online", 1, 1, 1, 3)
    ]
    assert rows("select count(*) from enrolment where pool_id = (select id from seat_pool)") == [
        (3,)
    ]
    assert rows("select count(*) from enrolment where ended_at is not null") == [(1,)]
    downgrade(revision="0007")
    assert rows(PLACES) == places
    assert rows("select capacity, taken, waiting, ticket from offering") == [(1, 1, 1, 3)]


@pytest.mark.usefixtures("before")
def test_what_the_older_program_does_not_know_stops_the_way_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    upgrade(revision="0008")
    db.session.execute(text("update enrolment set state = 'lapsed' where id = 1"))
    db.session.commit()
    with pytest.raises(SystemExit):
        downgrade(revision="0007")
    assert "1 places are in states" in caplog.text
    assert rows("select state from enrolment where id = 1") == [("lapsed",)]
