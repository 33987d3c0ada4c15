"""The audit trail: rows that are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Document, Model, UTCDateTime, pk
from lms.kernel import clock


class AuditEntry(Model):
    """Who did what to which object, when; in the transaction of the deed itself.

    ``actor_id`` and ``object_id`` carry no foreign key: the trail outlives what it speaks of.
    """

    __tablename__ = "audit_entry"

    id: Mapped[pk]
    at: Mapped[datetime] = mapped_column(UTCDateTime(), default=clock.now, index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(64))
    object_type: Mapped[str] = mapped_column(String(48))
    object_id: Mapped[int | None]
    request_id: Mapped[str | None] = mapped_column(String(32))
    details: Mapped[dict[str, Any]] = mapped_column(Document(), default=dict)
