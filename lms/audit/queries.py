"""Reads of the trail: entries by id, pages for the viewer, what no seal holds yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, tuple_
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lms.audit.models import AuditEntry, AuditLeaf, AuditSeal
from lms.db import Model, db

# What a seal covers, by name: a column added later must not change the digests of old entries.
SEALED = (
    "id",
    "at",
    "actor_id",
    "action",
    "object_type",
    "object_id",
    "request_id",
    "address",
    "details",
)
_COLUMNS = [AuditEntry.__table__.c[name] for name in SEALED]

# What reading raises where SQLite keeps something that was never a value of its column.
UNREADABLE = (ValueError, TypeError, OperationalError)

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Filter:
    """What the viewer asks for; ``actors`` and ``object_ids`` None mean any, empty means none."""

    actors: Sequence[int] | None = None
    action: str | None = None
    object_type: str | None = None
    object_ids: Sequence[int] | None = None
    start: datetime | None = None
    end: datetime | None = None


def entries_by_id(session: Session, ids: Sequence[int]) -> dict[int, Entry | None]:
    """The sealed columns of entries; None for one that cannot even be read, no key when gone."""
    try:
        return _read(session, ids)
    except UNREADABLE:
        # SQLite keeps whatever was written into a column: find the row that is no entry.
        found: dict[int, Entry | None] = {}
        for each in ids:
            try:
                found |= _read(session, [each])
            except UNREADABLE:
                found[each] = None
        return found


def _read(session: Session, ids: Sequence[int]) -> dict[int, Entry | None]:
    query = select(*_COLUMNS).where(AuditEntry.id.in_(ids)).order_by(AuditEntry.id)
    return {int(row["id"]): dict(row) for row in session.execute(query).mappings()}


def without_leaf(above: int = 0) -> ColumnElement[bool]:
    """A condition on AuditEntry: no seal holds it. ``above`` bounds the search on both sides."""
    leaf = exists().where(AuditLeaf.entry_id == AuditEntry.id, AuditLeaf.entry_id > above)
    return (AuditEntry.id > above) & ~leaf


def unsealed(above: int, limit: int) -> list[int]:
    """The oldest entries that no seal holds."""
    query = select(AuditEntry.id).where(without_leaf(above)).order_by(AuditEntry.id).limit(limit)
    return list(db.session.scalars(query))


def newest_id() -> int:
    """The highest id that can be seen; 0 when there is none."""
    query = select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)
    return db.session.scalar(query) or 0


def last_seal() -> AuditSeal | None:
    """The newest seal."""
    return db.session.scalar(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1))


def mac_of(number: object) -> str | None:
    """The mac of a seal by its number."""
    if not isinstance(number, int):
        return None
    return db.session.scalar(select(AuditSeal.mac).where(AuditSeal.id == number))


def leaves_of(seal_id: int) -> list[AuditLeaf]:
    """The leaves of a seal in their order."""
    query = select(AuditLeaf).where(AuditLeaf.seal_id == seal_id).order_by(AuditLeaf.position)
    return list(db.session.scalars(query))


def seals_of(entry_ids: Sequence[int]) -> dict[int, int]:
    """The seal of each entry that has one."""
    query = select(AuditLeaf.entry_id, AuditLeaf.seal_id).where(AuditLeaf.entry_id.in_(entry_ids))
    return {row.entry_id: row.seal_id for row in db.session.execute(query)}


def page(wanted: Filter, *, before: int | None, size: int) -> tuple[list[AuditEntry], bool]:
    """Entries newest first, below ``before``; and whether there are older ones."""
    query = _filtered(wanted)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(size + 1)))
    return rows[:size], len(rows) > size


def _filtered(wanted: Filter) -> Select[AuditEntry]:
    conditions = [
        wanted.actors is not None and AuditEntry.actor_id.in_(wanted.actors),
        wanted.action and AuditEntry.action == wanted.action,
        wanted.object_type and AuditEntry.object_type == wanted.object_type,
        wanted.object_ids is not None and AuditEntry.object_id.in_(wanted.object_ids),
        wanted.start and AuditEntry.at >= wanted.start,
        wanted.end and AuditEntry.at < wanted.end,
    ]
    # What is not asked for is None, False or "" and restricts nothing.
    asked = [each for each in conditions if isinstance(each, ColumnElement)]
    return select(AuditEntry).where(*asked)


def about(subjects: Sequence[tuple[str, int]], limit: int) -> list[AuditEntry]:
    """The newest entries about some objects, each a table name and an id."""
    pair = tuple_(AuditEntry.object_type, AuditEntry.object_id)
    query = select(AuditEntry).where(or_(*(pair == one for one in subjects)))
    return list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))


def ids_by_public_id(object_type: str, public_id: str) -> list[int]:
    """The internal id of an object by its table and public id; empty when there is none."""
    table = Model.metadata.tables.get(object_type)
    if table is None or "public_id" not in table.c:
        return []
    return list(db.session.scalars(select(table.c.id).where(table.c.public_id == public_id)))


def public_ids(entries: Sequence[AuditEntry]) -> dict[tuple[str, int], str]:
    """The public ids of the objects entries speak of, one statement a table."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        if entry.object_id is not None:
            wanted.setdefault(entry.object_type, set()).add(entry.object_id)
    found: dict[tuple[str, int], str] = {}
    for name, ids in wanted.items():
        table = Model.metadata.tables.get(name)
        if table is not None and "public_id" in table.c:
            query = select(table.c.id, table.c.public_id).where(table.c.id.in_(ids))
            found |= {(name, row.id): row.public_id for row in db.session.execute(query)}
    return found
