"""Reads of the log: entries, digests of subtrees, the size."""

from collections.abc import Iterator

from sqlalchemy import Select, select

from lms.db import db
from lms.transparency.models import LogEntry, LogHead, LogNode
from lms.transparency.proofs import Read

PIECE = 2000


def size() -> int:
    """How many entries there are."""
    return db.session.scalar(select(LogHead.size)) or 0


def read() -> Read:
    """Digests of subtrees, each read once."""
    known: dict[tuple[int, int], bytes] = {}

    def one(level: int, position: int) -> bytes:
        if (level, position) not in known:
            known[level, position] = db.session.scalars(_digest(level, position)).one()
        return known[level, position]

    return one


def _digest(level: int, position: int) -> Select[bytes]:
    if level == 0:
        return select(LogEntry.leaf).where(LogEntry.number == position)
    return select(LogNode.digest).where(LogNode.level == level, LogNode.position == position)


def entry(number: int) -> LogEntry | None:
    """An entry by its number."""
    return db.session.get(LogEntry, number)


def of_subject(subject: str) -> list[LogEntry]:
    """What the log says of a digest, in order."""
    query = select(LogEntry).where(LogEntry.subject == subject).order_by(LogEntry.number)
    return list(db.session.scalars(query.limit(100)))


def first_of(subject: str, kind: str) -> LogEntry | None:
    """The first entry of a kind about a digest."""
    query = select(LogEntry).where(LogEntry.subject == subject, LogEntry.kind == kind)
    return db.session.scalar(query.order_by(LogEntry.number).limit(1))


def leaves(start: int, count: int) -> list[bytes]:
    """Digests of leaves from a number on."""
    query = select(LogEntry.leaf).where(LogEntry.number >= start, LogEntry.number < start + count)
    return list(db.session.scalars(query.order_by(LogEntry.number)))


def every_entry() -> Iterator[LogEntry]:
    """All entries in order, read in pieces."""
    number = 0
    while True:
        query = select(LogEntry).where(LogEntry.number >= number).order_by(LogEntry.number)
        piece = list(db.session.scalars(query.limit(PIECE)))
        if not piece:
            return
        yield from piece
        number = piece[-1].number + 1
        db.session.expunge_all()
