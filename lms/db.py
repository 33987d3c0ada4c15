"""The database: typed model base, column types, the one place that commits, SQLite's hooks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from flask import Flask, g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    registry,
)
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from sqlalchemy.types import TypeDecorator

from lms import connections
from lms.kernel import clock, codes
from lms.kernel.errors import Conflict
from lms.resting import OutcomeUnknown

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC on both engines; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Fixed(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as a scaled integer (SQLite has none)."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        del dialect
        if value is None:
            return None
        scaled = value.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(value).scaleb(-self.places)


class Document(TypeDecorator[Any]):
    """JSON, as JSONB on PostgreSQL; never queried by path in business code."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())


Texts = Annotated[dict[str, str], mapped_column(Document())]
pk = Annotated[int, mapped_column(Integer, primary_key=True)]
public_id = Annotated[str, mapped_column(String(16), unique=True, default=codes.new_public_id)]
created_at = Annotated[datetime, mapped_column(UTCDateTime(), default=clock.now)]


class Model(DeclarativeBase):
    """Base of every table. The type map goes through ``registry`` (Flask-SQLAlchemy #1361)."""

    registry = registry(
        type_annotation_map={datetime: UTCDateTime()},
        metadata=MetaData(naming_convention=NAMING),
    )


db = SQLAlchemy(model_class=Model, session_options={"join_transaction_mode": "create_savepoint"})

# SQLite lets one writer in at a time and its waiting has no order; one gate keeps the tail flat.
_writers = threading.RLock()


@contextmanager
def transaction() -> Iterator[None]:
    """The only place that commits: on leave; any exception rolls back; nested use joins.

    A row that somebody else changed since it was read is Conflict("stale"), one that was removed
    Conflict("gone"). Raises OutcomeUnknown when the connection breaks at the commit.
    """
    if has_app_context() and g.get("in_transaction", False):
        yield
        return
    embedded = db.engine.dialect.name == "sqlite"
    if embedded and not _writers.acquire(timeout=connections.BUSY_SECONDS):
        raise WaitedTooLong("another writer takes too long")
    g.in_transaction = True
    try:
        if embedded:
            _begin_write()
        yield
        _commit()
    except (StaleDataError, ObjectDeletedError) as overtaken:
        db.session.rollback()
        gone = isinstance(overtaken, ObjectDeletedError)
        raise Conflict("gone" if gone else "stale") from overtaken
    except BaseException:
        db.session.rollback()
        raise
    finally:
        g.in_transaction = False
        if embedded:
            _writers.release()


def _commit() -> None:
    db.session.flush()  # what fails here was certainly not done
    try:
        db.session.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise OutcomeUnknown from error
        raise


def _begin_write() -> None:
    # What was read before (the actor, the object) came from a read transaction, which SQLite
    # cannot turn into a write without losing to others: end it and begin anew, as a writer.
    session = db.session()
    if isinstance(session.get_bind(), Connection):
        return
    session.rollback()
    session.connection(execution_options={"sqlite_begin": "BEGIN IMMEDIATE"})


def insert_into(model: type[Model]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of the database at work, which both can let give way ``on_conflict``."""
    if db.engine.dialect.name == "sqlite":
        return sqlite.insert(model)
    return postgresql.insert(model)


@contextmanager
def unique_or(code: str, constraint: str | None = None) -> Iterator[None]:
    """Flush inside a savepoint and turn a broken unique constraint into ``Conflict(code)``."""
    try:
        with db.session.begin_nested():
            yield
            db.session.flush()
    except IntegrityError as error:
        if constraint is not None and constraint_of(error) != constraint:
            raise
        raise Conflict(code) from error


def lock(row: Model) -> None:
    """Hold a row to the end of the transaction and read it anew, with what hangs on it.

    Who asks later takes turns: on PostgreSQL here, on SQLite at the gate of ``transaction``.
    Raises Conflict("gone") when somebody removed it meanwhile.
    """
    mapper, identity = inspect(type(row)), inspect(row).identity
    (column,), (key,) = mapper.primary_key, identity or mapper.primary_key_from_instance(row)
    if db.session.scalar(select(column).where(column == key).with_for_update()) is None:
        raise Conflict("gone")
    db.session.refresh(row)


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the broken constraint; for SQLite's UNIQUE found by its columns."""
    diag = getattr(error.orig, "diag", None)
    if diag is not None:
        return str(diag.constraint_name) if diag.constraint_name else None
    text = str(error.orig)
    if text.startswith("CHECK constraint failed: "):
        return text.removeprefix("CHECK constraint failed: ")
    if not text.startswith("UNIQUE constraint failed: "):
        return None
    columns = text.removeprefix("UNIQUE constraint failed: ").split(", ")
    table = Model.metadata.tables[columns[0].split(".")[0]]
    wanted = {column.split(".")[1] for column in columns}
    uniques = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    indexes = [index for index in table.indexes if index.unique]
    for unique in (*uniques, *indexes):
        found = {column.name for column in getattr(unique, "columns", ())}
        name = getattr(unique, "name", None)
        if found == wanted and name is not None:
            return str(name)
    return None


def _end_session(_error: BaseException | None) -> None:
    # Before Flask-SQLAlchemy does it, for there a connection that breaks only now, at the end of
    # a transaction that read, would turn a good answer into a 500.
    try:
        db.session.remove()
    except SQLAlchemyError:
        db.session.registry.clear()


def init_app(app: Flask, url: str) -> None:
    """Bind the database at ``url``; pools and time-outs by the measured settings."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("postgresql"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dict(connections.POSTGRESQL)
    db.init_app(app)
    app.teardown_appcontext(_end_session)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            connections.install_sqlite_hooks(db.engine)
        else:
            connections.keep_prepared(db.engine)
            connections.look_before_use(db.engine)


__all__ = [
    "Document",
    "Fixed",
    "Mapped",
    "Model",
    "Texts",
    "UTCDateTime",
    "created_at",
    "db",
    "init_app",
    "lock",
    "pk",
    "public_id",
    "transaction",
    "unique_or",
]
