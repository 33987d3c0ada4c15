"""Alembic's environment: the application's engine, its hooks, its column types by what they are."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

from lms.migrations import is_ours

config = context.config
db = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, TypeDecorator):
        if type(item).__name__ == "Document":
            autogen.imports.add("from sqlalchemy.dialects import postgresql")
            return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
        return f"sa.{item.impl_instance!r}"
    return False


def run_migrations() -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # See rebuilding.py; inside a transaction the pragma would do nothing.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
            connection = connection.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            include_name=is_ours,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


run_migrations()
