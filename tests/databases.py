"""Databases for tests: a SQLite file, or a fresh PostgreSQL database on the server that is named.

``python -m tests.databases URL`` exits 0 when a database can be made on that server;
``python -m tests.databases URL away`` drops those that the processes of this run shared.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.engine import make_url

ENGINE = os.environ.get("LMS_TEST_DATABASE", "sqlite")


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of the engine under test; gone afterwards."""
    if ENGINE == "sqlite":
        yield f"sqlite:///{folder / (name + '.sqlite3')}"
        return
    with made_on(os.environ["LMS_TEST_DATABASE_URL"], name, durable=False) as url:
        yield url


def break_connections(to: Engine) -> None:
    """End every connection to a PostgreSQL database from outside, as a restart would."""
    outside = create_engine(to.url, isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
        )
    outside.dispose()


@contextmanager
def made_on(
    server: str, name: str, template: str | None = None, *, durable: bool = True
) -> Iterator[str]:
    """A new database on a PostgreSQL server, empty or a copy of another; dropped on leave.

    One that is not ``durable`` commits without waiting for the disk: for tests, never for figures.
    """
    own = f"sijil_test_{name}_{os.getpid()}"
    url = created(server, own, template, durable=durable)
    try:
        yield url
    finally:
        dropped(server, own)


def created(server: str, own: str, template: str | None = None, *, durable: bool = False) -> str:
    """The address of a new database on a server, empty or a copy of another."""
    with _asked(server) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{own}"'))
        origin = template or "template0"
        connection.execute(text(f'CREATE DATABASE "{own}" ENCODING \'UTF8\' TEMPLATE "{origin}"'))
        if not durable:
            for quicker in ("synchronous_commit", "jit"):
                connection.execute(text(f'ALTER DATABASE "{own}" SET {quicker} TO off'))
    return make_url(server).set(database=own).render_as_string(hide_password=False)


def dropped(server: str, *names: str) -> None:
    """Drop databases, whoever is connected."""
    with _asked(server) as connection:
        for name in names:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@contextmanager
def _asked(server: str) -> Iterator[Connection]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def shared_name(what: str) -> str:
    """What the database is called that the processes of this run copy; another run's is not."""
    return f"sijil_test_{what}{_of_this_run()}"


def _of_this_run() -> str:
    return f"_{Path(os.environ['LMS_TEST_SHARED']).name[-24:]}"


def put_away(server: str) -> None:
    """Drop what the processes of this run shared on a server."""
    with _asked(server) as connection:
        found = connection.execute(
            text("SELECT datname FROM pg_database WHERE starts_with(datname, 'sijil_test_')")
        )
        names = [name for (name,) in found if name.endswith(_of_this_run())]
    dropped(server, *names)


def answers(server: str) -> bool:
    """Whether a database can be made there."""
    try:
        with made_on(server, "probe"):
            return True
    except Exception:  # noqa: BLE001  # any trouble means no
        return False


if __name__ == "__main__":
    if sys.argv[2:] == ["away"]:
        put_away(sys.argv[1])
        sys.exit()
    sys.exit(0 if answers(sys.argv[1]) else 1)
