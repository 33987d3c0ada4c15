"""Rows read by themselves, for answers of which each must be cheap: by the driver (``lms.driver``).

Each column is ``text_of`` one, and the caller reads days and documents.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Cast, ColumnElement, Engine, Select, Text, cast

from lms.db import db
from lms.driver import Statement, Texts, Values


def text_of(column: ColumnElement[Any]) -> Cast[str]:
    """A column as the database writes it: documents as JSON, days as in 2026-11-28."""
    return cast(column, Text)


def moment(text: str) -> datetime:
    """The moment that such a text says."""
    said = datetime.fromisoformat(text)
    return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)


def truth(text: str) -> bool:
    """Whether such a text says yes."""
    return text in {"1", "true"}


class Reading:
    """A statement that gives rows of texts; what is bound are values of its columns, or texts."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement
        self._sent = Statement(statement)

    def one(self, asked: Mapping[str, object]) -> Texts | None:
        """The first row, or none."""
        rows = self.all(asked)
        return rows[0] if rows else None

    def all(self, asked: Values) -> list[Texts]:
        """The rows. Within a transaction it is asked there, and sees what that has written."""
        engine: object = db.engine  # or a connection, in tests
        # A session is not made only to learn that it is in no transaction.
        session = db.session() if db.session.registry.has() else None
        if (session is not None and session.in_transaction()) or not isinstance(engine, Engine):
            return self._within(asked)
        try:
            return self._sent.alone(engine, asked)
        except engine.dialect.loaded_dbapi.Error:
            # Asked once more in the ordinary way: by a new connection when this one broke, and in
            # words that the program knows when it is something else.
            return self._alone(engine, asked)

    def _within(self, asked: Values) -> list[Texts]:
        session = db.session()
        if session.autoflush:
            session.flush()
        return self._sent.in_session(asked)

    def _alone(self, engine: Engine, asked: Values) -> list[Texts]:
        with engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            return [tuple(row) for row in alone.execute(self.statement, asked)]
