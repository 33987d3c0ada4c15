"""Databases for tests: a SQLite file, or a fresh PostgreSQL database on the server that is named.

``python -m tests.databases URL`` exits 0 when a database can be made on that server.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
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
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    own = f"sijil_test_{name}_{os.getpid()}"
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{own}"'))
        origin = template or "template0"
        connection.execute(text(f'CREATE DATABASE "{own}" ENCODING \'UTF8\' TEMPLATE "{origin}"'))
        if not durable:
            for quicker in ("synchronous_commit", "jit"):
                connection.execute(text(f'ALTER DATABASE "{own}" SET {quicker} TO off'))
    try:
        yield make_url(server).set(database=own).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)'))
        engine.dispose()


def answers(server: str) -> bool:
    """Whether a database can be made there."""
    try:
        with made_on(server, "probe"):
            return True
    except Exception:  # noqa: BLE001  # any trouble means no
        return False


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
