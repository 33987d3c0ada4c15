"""The job table: an enqueued job is a row of the transaction that wanted it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Document, Model, UTCDateTime, created_at, pk
from lms.kernel import clock


class Job(Model):
    """Work to do once; ``lease`` guards the finish, so a lost lease writes nothing."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_open",
            "priority",
            "id",
            sqlite_where=text("done_at is null and dead_at is null"),
            postgresql_where=text("done_at is null and dead_at is null"),
        ),
    )

    id: Mapped[pk]
    name: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, Any]] = mapped_column(Document(), default=dict)
    priority: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime(), default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    dedupe: Mapped[str | None] = mapped_column(String(120), unique=True)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[created_at]


class WorkerBeat(Model):
    """The last sign of life of a worker."""

    __tablename__ = "worker_beat"

    id: Mapped[pk]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime())
