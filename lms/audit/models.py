"""The audit trail: rows that are only ever added, and the seals over them.

The database itself refuses to change a row (triggers, migration 0002). Who owns the database can
drop the triggers; the seals are what finds such a change.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Document, Model, UTCDateTime, pk
from lms.kernel import clock


class AuditEntry(Model):
    """Who did what to which object, when and from where; in the transaction of the deed itself.

    ``actor_id`` and ``object_id`` carry no foreign key: the trail outlives what it speaks of.
    ``address`` is the network of the client, /24 or /64.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_type", "object_id"),)

    id: Mapped[pk]
    at: Mapped[datetime] = mapped_column(UTCDateTime(), default=clock.now, index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(64))
    object_type: Mapped[str] = mapped_column(String(48))
    object_id: Mapped[int | None]
    request_id: Mapped[str | None] = mapped_column(String(32))
    details: Mapped[dict[str, Any]] = mapped_column(Document(), default=dict)
    address: Mapped[str | None] = mapped_column(String(48))


class AuditSeal(Model):
    """A batch of entries under one Merkle root, chained to the seal before it by a keyed digest.

    ``id`` counts from 1 without a gap. ``complete`` says that nothing older was left unsealed.
    """

    __tablename__ = "audit_seal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    count: Mapped[int]
    complete: Mapped[bool]
    root: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))


class AuditLeaf(Model):
    """Which seal holds an entry, where, and the entry's digest at that time.

    No foreign keys: a leaf whose entry is gone is what tells of the deletion.
    """

    __tablename__ = "audit_leaf"
    __table_args__ = (UniqueConstraint("seal_id", "position"),)

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal_id: Mapped[int]
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
