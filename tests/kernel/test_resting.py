"""What says that the database rests, and what says that the statement is wrong."""

import sqlite3
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from lms import connections
from lms.db import db, transaction
from lms.resting import OutcomeUnknown, is_resting


@pytest.mark.parametrize(
    ("error", "resting"),
    [
        (OperationalError("", {}, OSError()), True),
        (InterfaceError("", {}, OSError()), True),
        (WaitedTooLong("the pool is empty"), True),
        (ProgrammingError("", {}, OSError()), False),
        (ProgrammingError("", {}, OSError(), connection_invalidated=True), True),
        (IntegrityError("", {}, OSError()), False),
    ],
)
def test_the_kind_of_error_tells(error: SQLAlchemyError, resting: bool) -> None:  # noqa: FBT001
    assert is_resting(error) is resting


def test_sqlite_tells_by_its_codes(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite3"
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 0})
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("create table t (x)")
    holder.execute("begin exclusive")
    with engine.connect() as connection:
        with pytest.raises(OperationalError) as locked:
            connection.execute(text("select * from t"))
        holder.execute("rollback")
        connection.rollback()
        with pytest.raises(OperationalError) as wrong:
            connection.execute(text("select * from nowhere"))
    holder.close()
    engine.dispose()
    assert is_resting(locked.value)
    assert not is_resting(wrong.value)


def test_a_writer_does_not_wait_for_ever(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no gate")
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.05)
    seen: list[BaseException] = []

    def write() -> None:
        with app.app_context():
            try:
                with transaction():
                    pass
            except WaitedTooLong as error:
                seen.append(error)

    with transaction():
        other = threading.Thread(target=write)
        other.start()
        other.join()
    assert len(seen) == 1


def test_a_commit_that_breaks_says_that_nobody_knows(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app

    def broken() -> None:
        raise OperationalError("", {}, OSError(), connection_invalidated=True)

    monkeypatch.setattr(db.session(), "commit", broken)
    with pytest.raises(OutcomeUnknown), transaction():
        pass


def test_a_session_that_cannot_be_closed_does_not_spoil_the_answer(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OperationalError("rollback", {}, OSError(), connection_invalidated=True)

    def close_badly() -> str:
        monkeypatch.setattr(db.session(), "close", broken)
        return "read"

    close_badly.access = "public"  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "health.healthz", close_badly)
    with app.app_context():
        assert app.test_client().get("/healthz").text == "read"
