"""A row read by itself, for answers of which each must be cheap: by the driver, nothing between.

The mapper and the expressions of SQLAlchemy take ten times as long as a database does to find a
row by its key. What is read so is small, asked often, and a statement made once: each column is
``text_of`` one, so that both drivers give the same, and the caller reads days and documents.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from psycopg import DataError, OperationalError, pq
from sqlalchemy import Cast, ColumnElement, Connection, Dialect, Engine, Select, Text, cast
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.pool import PoolProxiedConnection

from lms.db import db

Texts = tuple[Any, ...]


def text_of(column: ColumnElement[Any]) -> Cast[str]:
    """A column as the database writes it: documents as JSON, days as in 2026-11-28."""
    return cast(column, Text)


class Reading:
    """A statement that gives one row of texts, or none; what is bound are texts too."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement
        self._written: dict[str, tuple[str, Mapping[str, Any], Sequence[str]]] = {}

    def one(self, asked: Mapping[str, str]) -> Texts | None:
        """The row. Within a transaction it is asked there, and sees what that has written."""
        # A session is not made only to learn that it is in no transaction.
        begun = db.session.registry.has() and db.session().in_transaction()
        bound: object = db.engine  # or a connection, in tests
        if begun or isinstance(bound, Connection):
            row = db.session.execute(self.statement, asked).one_or_none()
            return None if row is None else tuple(row)
        try:
            return self._from_driver(db.engine, asked)
        except db.engine.dialect.loaded_dbapi.Error:
            # Asked once more in the ordinary way: by a new connection when this one broke, and in
            # words that the program knows when it is something else.
            return self._alone(db.engine, asked)

    def _alone(self, engine: Engine, asked: Mapping[str, str]) -> Texts | None:
        with engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            row = alone.execute(self.statement, asked).one_or_none()
            return None if row is None else tuple(row)

    def _from_driver(self, engine: Engine, asked: Mapping[str, str]) -> Texts | None:
        text, fixed, order = self._as_written(engine.dialect)
        bound = {**fixed, **asked}
        values = [bound[name] for name in order]
        connection = engine.raw_connection()
        try:
            for note in engine.dispatch.before_cursor_execute:  # it counts as any other
                note(None, None, text, values, None, False)
            on_server = engine.dialect.name == "postgresql"
            ask = self._from_server if on_server else _from_file
            return ask(connection, text, values)
        except engine.dialect.loaded_dbapi.Error:
            connection.invalidate()
            raise
        finally:
            connection.close()

    def _from_server(
        self, connection: PoolProxiedConnection, text: str, values: Sequence[object]
    ) -> Texts | None:
        """By libpq itself: prepared once a connection, and no transaction around it, so one trip.

        The cursor of the driver does the same in twice the time.
        """
        driver: Any = connection.driver_connection
        server: pq.abc.PGconn = driver.pgconn
        name = _name(text)
        prepared = connection.info  # of this very connection, forgotten when it is replaced
        if name not in prepared:
            _sound(server.prepare(name, text.encode()))
            prepared[name] = True
        given = [str(value).encode() for value in values]
        if any(b"\x00" in each for each in given):
            raise DataError("libpq would read no further than to the NUL")
        found = _sound(server.exec_prepared(name, given))
        if not found.ntuples:
            return None
        row = (found.get_value(0, column) for column in range(found.nfields))
        return tuple(None if value is None else value.decode() for value in row)

    def _as_written(self, dialect: Dialect) -> tuple[str, Mapping[str, Any], Sequence[str]]:
        """The statement as the driver wants it, what is bound in it for good, and in what order."""
        if dialect.name not in self._written:
            if dialect.name == "postgresql":
                dialect = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
            made = self.statement.compile(dialect=dialect)
            self._written[dialect.name] = str(made), dict(made.params), made.positiontup or ()
        return self._written[dialect.name]


@cache
def _name(text: str) -> bytes:
    # By the text, so that no name can stand for another statement, whoever prepared it.
    return f"reading_{hashlib.sha256(text.encode()).hexdigest()[:16]}".encode()


def _from_file(
    connection: PoolProxiedConnection, text: str, values: Sequence[object]
) -> Texts | None:
    driver: Any = connection.driver_connection
    row: Texts | None = driver.execute(text, values).fetchone()
    return row


def _sound(result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status not in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
        raise OperationalError(result.error_message.decode(errors="replace"))
    return result
