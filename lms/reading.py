"""A row read by itself, for answers of which each must be cheap: by the driver, nothing between.

The mapper and the expressions of SQLAlchemy take ten times as long as a database does to find a
row by its key. What is read so is small, asked often, and a statement made once: each column is
``text_of`` one, so that both drivers give the same, and the caller reads days and documents.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Cast, ColumnElement, Connection, Dialect, Engine, Select, Text, cast
from sqlalchemy.pool import PoolProxiedConnection

from lms.db import db

Values = tuple[Any, ...]


def text_of(column: ColumnElement[Any]) -> Cast[str]:
    """A column as the database writes it: documents as JSON, days as in 2026-11-28."""
    return cast(column, Text)


class Reading:
    """A statement that gives one row or none; values to bind are texts and numbers."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement

    def one(self, asked: Mapping[str, str | int]) -> Values | None:
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

    def _alone(self, engine: Engine, asked: Mapping[str, str | int]) -> Values | None:
        with engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            row = alone.execute(self.statement, asked).one_or_none()
            return None if row is None else tuple(row)

    def _from_driver(self, engine: Engine, asked: Mapping[str, str | int]) -> Values | None:
        text, values = self._written(engine.dialect, asked)
        connection = engine.raw_connection()
        try:
            return _ask(engine, connection, text, values)
        except engine.dialect.loaded_dbapi.Error:
            connection.invalidate()
            raise
        finally:
            connection.close()

    @cached_property
    def _dialects(self) -> dict[str, tuple[str, dict[str, Any], list[str] | None]]:
        return {}

    def _written(self, dialect: Dialect, asked: Mapping[str, str | int]) -> tuple[str, Any]:
        """The statement and its values as the driver wants them, by name or by place."""
        if dialect.name not in self._dialects:
            made = self.statement.compile(dialect=dialect)
            self._dialects[dialect.name] = str(made), dict(made.params), made.positiontup
        text, fixed, order = self._dialects[dialect.name]
        values = {**fixed, **asked}
        return text, values if order is None else [values[name] for name in order]


def _ask(
    engine: Engine, connection: PoolProxiedConnection, text: str, values: object
) -> Values | None:
    driver: Any = connection.driver_connection
    on_server = engine.dialect.name == "postgresql"
    if on_server:
        driver.autocommit = True  # no transaction around it: one trip to the server, not three
    try:
        cursor = driver.cursor()
        for note in engine.dispatch.before_cursor_execute:  # it counts as any other
            note(None, cursor, text, values, None, False)
        row: Values | None = cursor.execute(text, values).fetchone()
        cursor.close()
        return row
    finally:
        if on_server and not driver.closed:
            driver.autocommit = False
