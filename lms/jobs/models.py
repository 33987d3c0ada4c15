"""Tables of background work; which of them hold the jobs depends on the engine."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Document, Model, UTCDateTime, created_at, pk, public_id
from lms.kernel import clock


class Job(Model):
    """A job on SQLite; ``lease`` guards the finish, so a lost lease writes nothing."""

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
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[created_at]


class JobKey(Model):
    """A wish that exists once for good; it outlives the job, which is removed when it is old."""

    __tablename__ = "job_key"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    job_id: Mapped[int | None] = mapped_column(BigInteger)


class JobFailure(Model):
    """Why a job of Procrastinate failed last: the library keeps no reasons."""

    __tablename__ = "job_failure"

    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    reason: Mapped[str] = mapped_column(Text)


class WorkerBeat(Model):
    """The last sign of life of a worker."""

    __tablename__ = "worker_beat"

    id: Mapped[pk]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime())


class Schedule(Model):
    """When a scheduled job is wanted next; who moves ``next_run`` enqueues it."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    cron: Mapped[str] = mapped_column(String(64))
    next_run: Mapped[datetime] = mapped_column(UTCDateTime())


class Work(Model):
    """Long work somebody asked for, as its page shows it.

    ``owner_user_id`` carries no foreign key: jobs lie below people.
    """

    __tablename__ = "work"
    __table_args__ = (
        CheckConstraint("state in ('waiting','running','done','failed')", name="state"),
        CheckConstraint("done >= 0 and done <= total", name="done_within_total"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    title: Mapped[str] = mapped_column(String(64))
    owner_user_id: Mapped[int | None] = mapped_column(index=True)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    message: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[created_at]
    finished_at: Mapped[datetime | None]
