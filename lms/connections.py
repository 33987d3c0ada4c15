"""Connections to the database: how they begin, and whether one of the pool still stands."""

import select
import time
from typing import Any

from psycopg._preparing import PrepareManager
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

# How long a writer of SQLite waits for a writer of another process.
BUSY_SECONDS = 10.0
POSTGRESQL: dict[str, Any] = {
    "pool_size": 16,
    "max_overflow": 0,
    "pool_timeout": 5,
    "pool_recycle": 1800,
    "connect_args": {
        "connect_timeout": 5,
        "options": "-c statement_timeout=15000 -c lock_timeout=5000"
        " -c idle_in_transaction_session_timeout=30000 -c timezone=UTC -c datestyle=ISO",
    },
}
QUIET_SECONDS = 30.0
"""A connection that lay still for so long is asked whether the server is still there."""

_GIVEN_BACK = "given back"


class _Kept(PrepareManager):
    """What a connection to PostgreSQL has prepared, kept at a rollback, as the server keeps it.

    The driver would throw everything away, ours too (``lms.driver``), since what is rolled back may
    have dropped tables; so it would at the end of each request that only read. We drop no tables
    where we serve.
    """

    prepared_max = 200  # at the server a plan takes some ten thousand bytes

    def clear(self) -> bool:
        """Keep all."""
        return False


def _on_connect(dbapi: Any, _record: object) -> None:  # noqa: ANN401
    dbapi.isolation_level = None  # the begin hook below opens transactions, not the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000:.0f}",
        "foreign_keys=ON",
        "journal_size_limit=67108864",
    ):
        dbapi.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    begin, driver = options.get("sqlite_begin", "BEGIN"), connection.connection.driver_connection
    try:
        driver.execute(begin)  # type: ignore[union-attr]  # it is there
    except connection.dialect.loaded_dbapi.Error as error:
        raise in_words_of_sqlalchemy(connection, begin, error) from error


def in_words_of_sqlalchemy(connection: Connection, text: str, error: Any) -> BaseException:  # noqa: ANN401
    """An error of the driver, asked directly, as if SQLAlchemy had sent the statement."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if gone:
        connection.invalidate(error)
    told: BaseException = DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=dialect
    )
    return told


def install_sqlite_hooks(engine: Engine) -> None:
    """WAL, foreign keys and our own BEGIN; also what makes SAVEPOINT work with sqlite3."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def keep_prepared(engine: Engine) -> None:
    """Statements that a connection is asked often are parsed and planned once."""

    def keep(dbapi: Any, _entry: object) -> None:  # noqa: ANN401
        dbapi._prepared = _Kept()  # noqa: SLF001  # the driver has no setting for it

    event.listen(engine, "connect", keep)


def look_before_use(engine: Engine) -> None:
    """Replace connections that broke in the pool, before anybody is answered with an error.

    SQLAlchemy would ask the server at each use (``pool_pre_ping``), which takes as long as a small
    statement. But a server that goes closes its end, and this machine knows of it without asking.
    Only one that vanished without a word must be asked, and that shows in a connection left still.
    """

    def look(dbapi: Any, entry: ConnectionPoolEntry, _fairy: object) -> None:  # noqa: ANN401
        still = time.monotonic() - entry.info.get(_GIVEN_BACK, time.monotonic())
        if still < QUIET_SECONDS and not _has_news(dbapi):
            return
        try:
            engine.dialect.do_ping(dbapi)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkout", look)
    event.listen(engine, "checkin", _note)


def _note(_dbapi: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_GIVEN_BACK] = time.monotonic()


def _has_news(dbapi: Any) -> bool:  # noqa: ANN401
    """Whether the server sent something that nobody asked for: the end, as a rule."""
    if dbapi.closed:
        return True
    door = select.poll()
    door.register(dbapi.fileno(), select.POLLIN)
    return bool(door.poll(0))
