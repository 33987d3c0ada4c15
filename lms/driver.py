"""A statement made once and sent by the driver itself: nothing of SQLAlchemy between but its text.

The mapper and the expressions of SQLAlchemy take ten times as long as a database does to find or to
write a row by its key. What is sent so is small and asked often. The columns that it gives must be
texts (``text_of``), so that both drivers give the same.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import DataError, OperationalError, pq
from psycopg.errors import error_from_result
from sqlalchemy import BindParameter, Delete, Dialect, Engine, Insert, Select, Update
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler

from lms.connections import in_words_of_sqlalchemy
from lms.db import db

Texts = tuple[Any, ...]
Values = Mapping[str, object]
Sent = Select[*tuple[Any, ...]] | Insert | Update | Delete


@dataclass(frozen=True)
class _Value:
    """What stands at one place of a statement: a value that is given, or one that is fixed."""

    name: str
    given: bool
    fixed: object
    write: Callable[[Any], object] | None


@dataclass(frozen=True)
class _Written:
    """A statement as a driver wants it; ``name`` is what a server knows it by."""

    text: str
    name: bytes
    values: Sequence[_Value]

    def bound(self, given: Values) -> list[object]:
        return [_bound(each, given) for each in self.values]


def _bound(value: _Value, given: Values) -> object:
    if not value.given:
        return value.fixed
    said = given[value.name]
    if isinstance(said, bytes):
        raise TypeError(f"{value.name}: libpq would write bytes as a text")
    return said if value.write is None else value.write(said)


class Statement:
    """What is sent, or what makes it where that differs between databases."""

    def __init__(self, made: Sent | Callable[[], Sent]) -> None:
        self._made = made
        self._written: dict[str, _Written] = {}

    def in_session(self, given: Values) -> list[Texts]:
        """Send it in the transaction of the session; raises the errors of SQLAlchemy."""
        connection = _at_work(db.session())
        written = self._for(connection.dialect)
        values = written.bound(given)
        try:
            return _sent(connection.engine, connection.connection, written, values)
        except connection.dialect.loaded_dbapi.Error as error:
            raise in_words_of_sqlalchemy(connection, written.text, error) from error

    def alone(self, engine: Engine, given: Values) -> list[Texts]:
        """Send it on a connection of its own without a transaction.

        Raises the errors of the driver, and gives the connection up.
        """
        written = self._for(engine.dialect)
        values = written.bound(given)
        connection = engine.raw_connection()
        try:
            return _sent(engine, connection, written, values, begin=False)
        except engine.dialect.loaded_dbapi.Error:
            connection.invalidate()
            raise
        finally:
            connection.close()

    def made(self) -> Sent:
        """The statement itself."""
        return self._made() if callable(self._made) else self._made

    def _for(self, dialect: Dialect) -> _Written:
        if dialect.name not in self._written:
            self._written[dialect.name] = _write(self.made(), dialect)
        return self._written[dialect.name]


def _at_work(session: Session) -> Connection:
    """What its transaction has taken; the session would ask anew which database it is.

    A savepoint that has none yet is set when the session is asked.
    """
    transaction = session.get_nested_transaction() or session.get_transaction()
    if transaction is not None and transaction.is_active:
        for connection in transaction.connections:
            return connection
    return session.connection()


def _write(statement: Sent, dialect: Dialect) -> _Written:
    if dialect.name == "postgresql":
        dialect = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    made = statement.compile(dialect=dialect)
    assert isinstance(made, SQLCompiler)  # noqa: S101  # these four kinds are
    values = {name: _value(bind, name, dialect) for bind, name in made.bind_names.items()}
    text = str(made)
    # By the text, so that no name can stand for another statement, whoever prepared it.
    name = f"driver_{hashlib.sha256(text.encode()).hexdigest()[:16]}".encode()
    return _Written(text, name, [values[each] for each in made.positiontup or ()])


def _value(bind: BindParameter[Any], name: str, dialect: Dialect) -> _Value:
    write = bind.type.dialect_impl(dialect).bind_processor(dialect)
    fixed = None if bind.required else bind.effective_value
    return _Value(name, bind.required, fixed if write is None else write(fixed), write)


def _sent(
    engine: Engine,
    connection: PoolProxiedConnection,
    written: _Written,
    values: Sequence[object],
    *,
    begin: bool = True,
) -> list[Texts]:
    for note in engine.dispatch.before_cursor_execute:  # it counts as any other
        note(None, None, written.text, values, None, False)
    if engine.dialect.name == "postgresql":
        return _to_server(connection, written, values, begin=begin)
    driver: Any = connection.driver_connection
    rows: list[Texts] = driver.execute(written.text, values).fetchall()
    return rows


def _to_server(
    connection: PoolProxiedConnection, written: _Written, values: Sequence[object], *, begin: bool
) -> list[Texts]:
    """By libpq itself, prepared once a connection: the driver's cursor takes twice the time.

    Without ``begin`` there is no transaction around it, so it is one trip.
    """
    driver: Any = connection.driver_connection
    server: pq.abc.PGconn = driver.pgconn
    given: Any = [None if value is None else _bytes(value) for value in values]
    if begin and server.transaction_status == pq.TransactionStatus.IDLE:
        _sound(server.exec_(b"BEGIN"))  # as the driver's cursor does
    prepared = connection.info  # of this very connection, forgotten when it is replaced
    if written.name not in prepared:
        _sound(server.prepare(written.name, written.text.encode()))
        prepared[written.name] = True
    found = _sound(server.exec_prepared(written.name, given))
    columns = range(found.nfields)
    return [
        tuple(_text(found.get_value(row, column)) for column in columns)
        for row in range(found.ntuples)
    ]


def _bytes(value: object) -> bytes:
    text = str(value)
    if "\x00" in text:
        raise DataError("libpq would read no further than to the NUL")
    return text.encode()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _sound(result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
        return result
    if result.error_field(pq.DiagnosticField.SQLSTATE):
        raise error_from_result(result)
    raise OperationalError(result.get_error_message())  # the server did not say it: it is away
