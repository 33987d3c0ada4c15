"""The engine for SQLite: a table of leased jobs; who claims one has it until the lease ends."""

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, or_, select, update

from lms.db import db, transaction
from lms.jobs import rules, running
from lms.jobs.engine import Arguments, Counts, Held, NotOurs, Seen, State
from lms.jobs.models import Job
from lms.jobs.port import tries_of
from lms.kernel import clock

if TYPE_CHECKING:
    from lms.jobs.worker import Worker

LEASE = timedelta(seconds=60)
POLL_SECONDS = 0.5
DIED = "its worker died"
log = logging.getLogger("lms.jobs")
_OPEN = and_(Job.done_at.is_(None), Job.dead_at.is_(None))
_FREE = {"lease": None, "lease_until": None}


def put(name: str, each: Sequence[Arguments], run_at: datetime | None, priority: int) -> list[int]:
    """Write a job for each of several arguments; returns their ids."""
    at = run_at or clock.now()
    made = [Job(name=name, arguments=one, run_at=at, priority=priority) for one in each]
    db.session.add_all(made)
    db.session.flush()
    return [one.id for one in made]


@contextmanager
def holding() -> Iterator[str]:
    """Anybody may take jobs; each claim has a lease of its own."""
    yield ""


def take(holder: str) -> Held | None:
    """Claim the next due job whose lease is free or over."""
    del holder
    while True:
        held = _claim(clock.now())
        if held is None or held.attempt <= tries_of(held.name):
            return held
        # A job that takes its worker down each time never fails: its leases just end.
        _bury(held)


def _claim(now: datetime) -> Held | None:
    lease = secrets.token_hex(16)
    due = (
        select(Job.id)
        .where(_OPEN, Job.run_at <= now, or_(Job.lease_until.is_(None), Job.lease_until < now))
        .order_by(Job.priority, Job.id)
        .limit(1)
    )
    row = db.session.execute(
        update(Job)
        .where(Job.id.in_(due.scalar_subquery()))
        .values(lease=lease, lease_until=now + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.name, Job.arguments, Job.attempts)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    return Held(row.id, row.name, dict(row.arguments), row.attempts, lease)


def _change(held: Held, **values: object) -> bool:
    changed = db.session.execute(
        update(Job)
        .where(Job.id == held.id, Job.lease == held.holder)
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return changed.one_or_none() is not None


def _bury(held: Held) -> None:
    _change(held, attempts=held.attempt - 1, dead_at=clock.now(), last_error=DIED, **_FREE)


def finish(held: Held) -> None:
    """It is done, if the lease is still ours."""
    if not _change(held, done_at=clock.now(), last_error=None, **_FREE):
        raise NotOurs


def fail(held: Held, reason: str, *, final: bool = False) -> None:
    """Try it again later, or never when ``final`` or after its last try."""
    now = clock.now()
    jitter = secrets.randbelow(1000) / 1000
    final = final or held.attempt >= tries_of(held.name)
    _change(
        held,
        run_at=now + rules.delay(held.attempt, jitter),
        priority=rules.AFTER_FAILURE,
        dead_at=now if final else None,
        last_error=reason,
        **_FREE,
    )


def recover(worker: "Worker | None" = None) -> None:
    """Nothing to do: a lease that is over is claimed like a job that is due."""
    del worker


def renew(held: Held) -> None:
    """Make the lease last longer; on a connection of its own, beside the job's."""
    with db.engine.begin() as connection:
        connection.execute(
            update(Job)
            .where(Job.id == held.id, Job.lease == held.holder)
            .values(lease_until=clock.now() + LEASE)
        )


def retry(job_id: int) -> Seen | None:
    """Let a dead job be tried anew."""
    changed = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, run_at=clock.now(), **_FREE)
        .returning(Job.id)
    )
    return job(job_id) if changed.one_or_none() is not None else None


def _seen(row: Job) -> Seen:
    state = State.WAITING
    if row.done_at is not None:
        state = State.DONE
    elif row.dead_at is not None:
        state = State.DEAD
    elif row.lease_until is not None and row.lease_until >= clock.now():
        state = State.RUNNING
    at = row.dead_at or row.done_at
    arguments = dict(row.arguments)
    return Seen(row.id, row.name, arguments, state, row.attempts, row.run_at, at, row.last_error)


def job(job_id: int) -> Seen | None:
    """One job as it stands in the database."""
    row = db.session.get(Job, job_id, populate_existing=True)
    return None if row is None else _seen(row)


def counts() -> Counts:
    """How many there are."""
    held = and_(_OPEN, Job.lease_until >= clock.now())
    waiting, running_now, dead_ones = db.session.execute(
        select(
            func.count().filter(_OPEN),
            func.count().filter(held),
            func.count().filter(Job.dead_at.is_not(None)),
        ).select_from(Job)
    ).one()
    return Counts(waiting - running_now, running_now, dead_ones)


def dead(limit: int) -> list[Seen]:
    """The jobs that were given up, newest first."""
    query = select(Job).where(Job.dead_at.is_not(None)).order_by(Job.dead_at.desc(), Job.id.desc())
    return [_seen(row) for row in db.session.scalars(query.limit(limit))]


def remove_done(days: int) -> None:
    """Forget jobs that were done that long ago."""
    db.session.execute(delete(Job).where(Job.done_at < clock.now() - timedelta(days=days)))


def work(worker: "Worker") -> None:
    """Claim and run, one after another; look twice a second when there is nothing."""
    while not worker.stopping:
        with worker.app.app_context():
            with transaction():
                held = take("")
            if held is not None:
                with worker.busy(held):
                    running.run(held)
                continue
        time.sleep(POLL_SECONDS)
