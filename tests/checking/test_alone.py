"""A check reads one row by the driver: the same as in a transaction, now, and past a broken end."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from lms.certificates.models import Certificate
from lms.checking import queries
from lms.db import db
from tests.databases import ENGINE, break_connections

ASKED = {"Accept": "application/json"}


@pytest.fixture
def code(institute: Flask) -> Iterator[str]:
    """A certificate of the sample, in a pool of connections of which one has been used."""
    with institute.app_context():
        found = db.session.scalars(select(Certificate.code).order_by(Certificate.id)).first()
        db.session.remove()
        assert found is not None
        yield found
        db.session.remove()


@contextmanager
def before_statements(act: Callable[..., object]) -> Iterator[None]:
    event.listen(Engine, "before_cursor_execute", act)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", act)


def test_the_driver_reads_what_a_transaction_reads(code: str) -> None:
    alone = queries.by_code(code)
    db.session.execute(text("SELECT 1"))
    assert db.session().in_transaction()
    assert alone is not None
    assert queries.by_code(code) == alone
    assert queries.by_codes([code]) == {code: alone}


def test_it_counts_as_a_statement(code: str) -> None:
    seen: list[str] = []
    with before_statements(lambda *args: seen.append(args[2])):
        queries.by_code(code)
    assert len(seen) == 1


CHANGES: list[dict[str, object]] = [{"state": "suspended"}, {"content": {}}, {"credential": {}}]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_kept_of_a_row_is_not_believed_of_a_changed_one(
    institute: Flask, code: str, change: dict[str, object]
) -> None:
    table = Certificate.__table__.c
    columns = (table.state, table.content, table.credential)

    def ask() -> object:
        return institute.test_client().get(f"/v/{code}", headers=ASKED).get_json()["reason"]

    def write(values: Mapping[str, object]) -> None:
        with db.engine.begin() as connection:
            connection.execute(update(Certificate).where(table.code == code).values(**values))

    with db.engine.connect() as connection:
        before = connection.execute(select(*columns).where(table.code == code)).one()._asdict()
    assert ask() == "check-valid"
    try:
        write(change)
        assert ask() == "check-record-differs"
    finally:
        write(before)
    assert ask() == "check-valid"


def test_a_read_that_breaks_is_asked_once_more(institute: Flask, code: str) -> None:
    asked: list[str] = []

    def break_once(*args: object) -> None:
        asked.append(str(args[2]))
        if len(asked) == 1:
            raise db.engine.dialect.loaded_dbapi.OperationalError

    with before_statements(break_once):
        answer = institute.test_client().get(f"/v/{code}", headers=ASKED)
    assert (answer.status_code, len(asked)) == (200, 2)


def test_a_database_that_rests_is_said_to_rest(institute: Flask, code: str) -> None:
    def rest(*_: object) -> None:
        raise db.engine.dialect.loaded_dbapi.OperationalError

    with before_statements(rest), pytest.raises(SQLAlchemyError):
        queries.by_code(code)
    with before_statements(rest):
        answer = institute.test_client().get(f"/v/{code}", headers=ASKED)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.skipif(ENGINE == "sqlite", reason="SQLite has no connection that others can break")
@pytest.mark.parametrize("when", ["before", "within"])
def test_a_killed_connection_is_nobodys_error(institute: Flask, code: str, when: str) -> None:
    killed: list[str] = []

    def kill_once(*args: object) -> None:
        if not killed:
            killed.append(str(args[2]))
            break_connections(db.engine)

    assert db.engine.pool.checkedin() > 0  # type: ignore[attr-defined]  # of the pool in use
    queries.by_code(code)
    if when == "before":
        break_connections(db.engine)
        with before_statements(lambda *args: killed.append(args[2])):
            assert institute.test_client().get(f"/v/{code}", headers=ASKED).status_code == 200
        assert len(killed) == 1  # seen before it was used, and prepared anew
        return
    with before_statements(kill_once):
        assert institute.test_client().get(f"/v/{code}", headers=ASKED).status_code == 200
    assert killed


@pytest.mark.skipif(ENGINE == "sqlite", reason="SQLite has no connection that others can break")
def test_a_killed_connection_is_replaced_for_the_mapper_too(code: str) -> None:
    break_connections(db.engine)
    found = db.session.scalars(select(Certificate).where(Certificate.code == code)).one()
    assert found.code == code


def test_what_stands_behind_a_nul_is_not_cut_off(code: str) -> None:
    found = None
    with suppress(SQLAlchemyError):  # PostgreSQL cannot be asked for one
        found = queries.by_serial_or_code(None, f"{code}\x00")
    assert found is None
    assert queries.by_code(code) is not None
