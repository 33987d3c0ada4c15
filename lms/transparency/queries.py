"""Reads of the log: entries, digests of subtrees, the size."""

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

from sqlalchemy import CompoundSelect, bindparam, literal_column, select, tuple_, union_all

from lms.db import db
from lms.kernel import trees
from lms.transparency.models import LogEntry, LogHead, LogNode
from lms.transparency.proofs import Read

T = TypeVar("T")
PIECE = 2000
# Built once: for each certificate of a batch that would take as long as running them.
_PLACE = tuple_(LogNode.level, LogNode.position)
_DIGESTS: CompoundSelect[int, int, bytes] = union_all(
    select(LogNode.level, LogNode.position, LogNode.digest).where(
        _PLACE.in_(bindparam("places", expanding=True))
    ),
    select(literal_column("0"), LogEntry.number, LogEntry.leaf).where(
        LogEntry.number.in_(bindparam("numbers", expanding=True))
    ),
)
_FIRST = (
    select(LogEntry, select(LogHead.size).scalar_subquery())
    .where(
        LogEntry.subject == bindparam("subject"),
        LogEntry.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(LogEntry.number)
    .limit(1)
)


def size() -> int:
    """How many entries there are."""
    return db.session.scalar(select(LogHead.size)) or 0


def made(make: Callable[[Read], T]) -> T:
    """What is made of digests of subtrees, which are read together, however many it needs."""
    wanted: set[tuple[int, int]] = set()

    def noted(level: int, position: int) -> bytes:
        wanted.add((level, position))
        return trees.EMPTY

    make(noted)  # with digests of nothing: which it asks for follows from numbers and sizes alone
    known = digests(wanted)
    return make(lambda level, position: known[level, position])


def digests(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The digests of subtrees by (level, position), in one statement at most."""
    if not wanted:
        return {}
    nodes = [place for place in wanted if place[0]]
    leaves = [position for level, position in wanted if not level]
    read = db.session.execute(_DIGESTS, {"places": nodes, "numbers": leaves})
    return {(level, position): digest for level, position, digest in read}


def entry(number: int) -> LogEntry | None:
    """An entry by its number."""
    return db.session.get(LogEntry, number)


def of_subject(subject: str) -> list[LogEntry]:
    """What the log says of a digest, in order."""
    query = select(LogEntry).where(LogEntry.subject == subject).order_by(LogEntry.number)
    return list(db.session.scalars(query.limit(100)))


def first_of(subject: str, kinds: Collection[str]) -> tuple[LogEntry, int] | None:
    """The first entry of one of these kinds about a digest, and the size (one statement)."""
    asked = {"subject": subject, "kinds": list(kinds)}
    found = db.session.execute(_FIRST, asked).one_or_none()
    return None if found is None else (found[0], found[1])


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
