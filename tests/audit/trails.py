"""What the tests and the drill of the trail share: entries, and hands that reach past the guards.

``without_guards`` is what the owner of a database can do: the triggers are gone inside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from lms.audit import cli, service, verification
from lms.db import db
from lms.people.models import User
from tests.make import make_user

TABLES = ("audit_entry", "audit_seal", "audit_leaf")


def write(user: User, number: int = 1, *, sealed: bool = False) -> None:
    """Entries about a person."""
    for each in range(number):
        service.record(
            user.id, "people.user.signed_in", user, sealed=sealed, changes={"number": [each, "x"]}
        )
    db.session.flush()


def somebody() -> User:
    """A person to write about."""
    return make_user()


def triggers() -> list[str]:
    """The triggers that guard the trail."""
    if db.session.get_bind().dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    return [name for name in db.session.scalars(text(query)) if name.startswith("audit_")]


def drop_guards() -> None:
    """Drop the triggers, as the owner of the database can."""
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    for name in triggers():
        table = name.partition("_no_")[0]
        db.session.execute(text(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}")))


@contextmanager
def without_guards() -> Iterator[None]:
    """A savepoint without triggers; everything done in it is undone."""
    savepoint = db.session.begin_nested()
    drop_guards()
    try:
        yield
    finally:
        savepoint.rollback()


def run(statement: str, **values: object) -> None:
    """A statement past the program."""
    db.session.execute(text(statement), values)


def verdict() -> verification.Report:
    """Verify inside the transaction at hand."""
    from lms.audit import heads
    from lms.kernel import clock

    return verification.verify(db.session(), heads.exported(), now=clock.now())


def snapshot_verdict() -> verification.Report:
    """Verify as the command does."""
    return cli.verify_now()
