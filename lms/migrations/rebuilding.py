"""Changes of a table that SQLite can only make by writing the table anew.

Alembic copies the rows into a new table and drops the old one. With foreign keys on, the drop would
delete every row that names it, without an error; triggers go with the old table in any case. Here
the drop deletes nothing (``env.py`` turns foreign keys off before the transaction begins), and what
is not found again afterwards stops the migration, which is undone as a whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import Connection, inspect, text


class Lost(RuntimeError):
    """Rows, triggers or references are not as before; nothing is kept of the migration."""


@contextmanager
def rebuilt(table: str) -> Iterator[BatchOperations]:
    """Alter ``table`` as ``op.batch_alter_table`` does, and lose nothing; raises Lost."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        with op.batch_alter_table(table) as batch:
            yield batch
        return
    if connection.scalar(text("PRAGMA foreign_keys")):
        raise Lost("foreign keys are on: the rows that name the table would go with it")
    rows, triggers = _rows(connection), _triggers(connection, table)
    with op.batch_alter_table(table) as batch:
        yield batch
    for statement in triggers.values():
        op.execute(text(statement.replace(":", r"\:")))
    if _rows(connection) != rows:
        raise Lost(f"rows are gone after {table} was rebuilt")
    if _triggers(connection, table).keys() != triggers.keys():
        raise Lost(f"triggers of {table} are gone")
    if broken := connection.execute(text("PRAGMA foreign_key_check")).all():
        raise Lost(f"{len(broken)} references are broken after {table} was rebuilt")


def _rows(connection: Connection) -> dict[str, int]:
    names = inspect(connection).get_table_names()
    return {
        name: int(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0)  # noqa: S608  # names from the catalogue
        for name in names
    }


def _triggers(connection: Connection, table: str) -> dict[str, str]:
    found = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
        {"table": table},
    )
    return {row.name: row.sql for row in found}
