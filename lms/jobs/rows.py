"""Insert a row unless it is there, without breaking the transaction of the caller."""

from typing import Any

from lms.db import Model, db, insert_into


def insert_new(model: type[Model], **values: Any) -> bool:  # noqa: ANN401
    """Whether the row was new; on PostgreSQL another transaction with it is waited for."""
    table = model.__table__
    statement = insert_into(model).values(**values).on_conflict_do_nothing()
    first = next(iter(table.primary_key.columns))  # type: ignore[attr-defined]  # a Table
    return db.session.execute(statement.returning(first)).one_or_none() is not None


def upsert(model: type[Model], key: str, **values: Any) -> None:  # noqa: ANN401
    """Write the row, over the one with the same ``key`` if there is one."""
    statement = insert_into(model).values(**values)
    rest = {name: value for name, value in values.items() if name != key}
    db.session.execute(statement.on_conflict_do_update(index_elements=[key], set_=rest))
