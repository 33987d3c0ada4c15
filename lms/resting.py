"""When the database cannot work just now: known from what it raises, whichever it is."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as WaitedTooLong

# SQLITE_BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: of the place, not of the statement.
_SQLITE_CODES = frozenset({5, 6, 8, 10, 13, 14})


class OutcomeUnknown(Exception):
    """The connection broke at the commit: nobody can say whether the deed was done."""


def is_resting(error: SQLAlchemyError) -> bool:
    """Whether the same may succeed later: the place is at fault, not the statement."""
    if isinstance(error, WaitedTooLong):
        return True
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_CODES
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, (OperationalError, InterfaceError))
