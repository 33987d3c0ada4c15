"""Reads of jobs, workers and long work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from lms.db import db
from lms.jobs import engine
from lms.jobs.engine import Counts, Seen
from lms.jobs.models import JobKey, Work, WorkerBeat
from lms.kernel import clock
from lms.kernel.errors import NotFound

SHOWN = 200
SHOWN_WORKS = 20
SILENT_AFTER = timedelta(seconds=30)
QUIET_AFTER = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class WorkerSeen:
    """A worker of the last day; silent when it gave no sign for half a minute."""

    name: str
    seen_at: datetime
    silent: bool


def counts() -> Counts:
    """How many jobs wait, run, and were given up."""
    return engine.chosen().counts()


def dead_jobs() -> list[Seen]:
    """The jobs that were given up, newest first."""
    return engine.chosen().dead(SHOWN)


def by_key(dedupe: str) -> Seen | None:
    """The job of a wish that exists once."""
    job_id = db.session.scalar(select(JobKey.job_id).where(JobKey.key == dedupe))
    return None if job_id is None else engine.chosen().job(job_id)


def workers() -> list[WorkerSeen]:
    """The workers that gave a sign of life in the last day, the latest first."""
    now = clock.now()
    query = (
        select(WorkerBeat)
        .where(WorkerBeat.seen_at > now - FORGOTTEN_AFTER)
        .order_by(WorkerBeat.seen_at.desc(), WorkerBeat.name)
    )
    return [
        WorkerSeen(row.name, row.seen_at, now - row.seen_at > SILENT_AFTER)
        for row in db.session.scalars(query)
    ]


def somebody_works() -> bool:
    """Whether a worker gave a sign of life in the last minute."""
    seen = db.session.scalar(select(func.max(WorkerBeat.seen_at)))
    return seen is not None and seen > clock.now() - QUIET_AFTER


def works(user_id: int) -> list[Work]:
    """The newest long work of nobody, or of this person; what ended a month ago is forgotten."""
    query = (
        select(Work)
        .where(or_(Work.owner_user_id.is_(None), Work.owner_user_id == user_id))
        .order_by(Work.created_at.desc(), Work.id.desc())
        .limit(SHOWN_WORKS)
    )
    return list(db.session.scalars(query))


def work_by_public_id(public_id: str) -> Work:
    """Long work; raises NotFound."""
    found = db.session.scalar(select(Work).where(Work.public_id == public_id))
    if found is None:
        raise NotFound
    return found
