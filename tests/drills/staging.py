"""What drills share: a database with their tables, groups of workers, and the report."""

import argparse
import ctypes
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import bindparam, text

from lms import migrations
from lms.db import UTCDateTime, db, transaction
from lms.jobs import engine
from lms.jobs.engine import Counts
from lms.kernel import clock
from tests.databases import made_on
from tests.jobs.work import bare_app

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
EFFECTS = "effects"
READY = "LMS_DRILL_TABLES"
"""Names, with the database behind it, a migrated one to copy: migrating each takes seconds."""
_PR_SET_PDEATHSIG = 1  # of linux/prctl.h

_LATER = {
    "sqlite": "select count(*) from job"
    " where done_at is null and dead_at is null and run_at > :tomorrow",
    "postgresql": "select count(*) from procrastinate_jobs"
    " where status = 'todo' and scheduled_at > :tomorrow",
}


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    name: str
    database: str
    full: bool
    control: bool


def options(name: str) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.drills.{name}")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--size", choices=["small", "full"], default="small")
    parser.add_argument("--control", action="store_true", help="unprotected; must fail")
    given = parser.parse_args()
    return Options(name, given.database, given.size == "full", given.control)


@dataclass(frozen=True)
class Stage:
    """A database and a folder for one run."""

    app: Flask
    folder: Path
    url: str
    options: Options


def server() -> str:
    """The PostgreSQL server on which databases of drills are made."""
    return os.environ.get("LMS_TEST_DATABASE_URL", SERVER)


def _bare(folder: Path, url: str) -> Flask:
    app = bare_app(folder, url)
    migrations.init_app(app)
    return app


@contextmanager
def stage(given: Options, make_app: Callable[[Path, str], Flask] = _bare) -> Iterator[Stage]:
    """A fresh database with all migrations and the tables of the drills."""
    with tempfile.TemporaryDirectory() as name, database(given, Path(name)) as url:
        app = make_app(Path(name), url)
        with app.app_context():
            upgrade()
            with transaction():
                db.session.execute(
                    text(
                        "create table drill_decision"
                        " (number integer primary key, taken integer not null)"
                    )
                )
                db.session.execute(text("create table drill_done (number integer not null)"))
            try:
                yield Stage(app, Path(name), url, given)
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def database(given: Options, folder: Path) -> Iterator[str]:
    """A database of the drill's own: empty, or with the tables that its gate has made ready."""
    ready = os.environ.get(f"{READY}_{given.database}".upper())
    if given.database == "sqlite":
        file = folder / "drill.sqlite3"
        if ready:
            shutil.copyfile(ready, file)
        yield f"sqlite:///{file}"
        return
    with made_on(server(), f"drill_{given.name}", ready, durable=given.full) as url:
        yield url


def end_with_parent() -> None:
    """In a forked process: a drill that is killed leaves nothing running behind it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def counts() -> Counts:
    """How the queue stands now; what waits for another day was not left undone."""
    db.session.rollback()
    found = engine.chosen().counts()
    tomorrow = clock.now() + timedelta(days=1)
    statement = text(_LATER[db.engine.dialect.name]).bindparams(
        bindparam("tomorrow", tomorrow, UTCDateTime())
    )
    later = int(db.session.scalar(statement) or 0)
    db.session.rollback()
    return replace(found, waiting=found.waiting - later)


def number(statement: str) -> int:
    """One number from the database."""
    db.session.rollback()
    found = db.session.scalar(text(statement))
    db.session.rollback()
    return int(found or 0)


def done() -> int:
    """How many business rows the jobs wrote."""
    return number("select count(*) from drill_done")


def wait_until_idle(patience: float, *, besides: int = 0) -> None:
    """Until nothing is left but jobs of later, or nothing has changed for so many seconds."""
    before, since = None, time.monotonic()
    while time.monotonic() - since < patience:
        now = counts()
        if now.waiting <= besides and not now.running:
            return
        if now != before:
            before, since = now, time.monotonic()
        time.sleep(0.2)


def effects(at: Stage) -> list[str]:
    """What the jobs did outside the database, line by line."""
    file = at.folder / EFFECTS
    return file.read_text("utf-8").split() if file.exists() else []


def report(given: Options, figures: dict[str, object], holds: dict[str, bool]) -> int:
    """Print the figures as the last line; 0 when every number holds."""
    broken = [what for what, good in holds.items() if not good]
    for what in broken:
        print(f"does not hold: {what}")  # noqa: T201  # drills print
    head = {
        "drill": given.name,
        "database": given.database,
        "size": "full" if given.full else "small",
        "control": given.control,
    }
    print(json.dumps({**head, **figures, "holds": not broken}))  # noqa: T201  # drills print
    return 1 if broken else 0
