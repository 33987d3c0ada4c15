"""Rows written by the driver (``lms.driver``), for what each request writes."""

from collections.abc import Callable

from sqlalchemy import Delete, Insert, Update, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from lms.db import Model, db, insert_into
from lms.driver import Statement, Texts

WATCHED = "before_writing"
"""Under this name the session keeps what is to be asked first, as its own events are."""

Written = Insert | Update | Delete


class Writing:
    """A statement that writes, with the values of one row; it may give back texts.

    It goes past the session: what that has not flushed yet is written later, and what it has
    loaded of the row is old.
    """

    def __init__(self, made: Written | Callable[[], Written]) -> None:
        self._sent = Statement(made)

    def send(self, **values: object) -> Texts | None:
        """Write in the transaction at work; the row given back, or None."""
        if (look := db.session().info.get(WATCHED)) is not None:
            look()
        rows = self._sent.in_session(values)
        return rows[0] if rows else None


def row_of(model: type[Model]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of one row, in which every column but the id must be given."""
    names = [column.name for column in model.__table__.columns if column.name != "id"]
    return insert_into(model).values({name: bindparam(name) for name in names})
