"""Jobs wanted before Procrastinate came are done after it, and the way back keeps them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from lms.db import db, transaction
from lms.jobs import engine, queries
from lms.jobs.engine import State
from lms.jobs.port import enqueue
from tests.make import own_app

pytestmark = pytest.mark.heavy

OLD = text(
    "insert into job (name, arguments, priority, run_at, attempts, dedupe, done_at, dead_at,"
    ' last_error, created_at) values (:name, \'{"words": "x"}\', 3, :at, :attempts, :key,'
    " :done, :dead, :why, :at)"
)
AT = "2026-01-02 03:04:05+00:00"


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Flask]:
    with own_app("jobmoves", tmp_path, migrated=False) as app, app.app_context():
        upgrade(revision="0001")
        yield app


def insert(key: str | None, **values: object) -> None:
    rest = {"attempts": 0, "done": None, "dead": None, "why": None, **values}
    db.session.execute(OLD, {"name": "test.fail", "at": AT, "key": key, **rest})


@pytest.mark.usefixtures("old")
def test_jobs_move_up_and_down() -> None:
    with transaction():
        insert("open", attempts=2, why="RuntimeError: x")
        insert("dead", attempts=5, dead=AT, why="RuntimeError: y")
        insert("done", attempts=1, done=AT)
        insert(None)
    db.session.remove()
    upgrade()
    counts = engine.chosen().counts()
    assert (counts.waiting, counts.running, counts.dead) == (2, 0, 1)
    waiting, dead = queries.by_key("open"), queries.by_key("dead")
    assert waiting is not None
    assert dead is not None
    assert (waiting.state, waiting.attempts, waiting.arguments) == (
        State.WAITING,
        2,
        {"words": "x"},
    )
    assert (dead.state, dead.attempts, dead.reason) == (State.DEAD, 5, "RuntimeError: y")
    with transaction():
        assert enqueue("test.fail", dedupe="done", words="again") is None
    db.session.remove()
    downgrade(revision="0001")
    rows = db.session.execute(
        text("select dedupe, dead_at is not null, attempts from job where done_at is null")
    )
    assert sorted((str(key), bool(dead), tries) for key, dead, tries in rows) == [
        ("None", False, 0),
        ("dead", True, 5),
        ("open", False, 2),
    ]
