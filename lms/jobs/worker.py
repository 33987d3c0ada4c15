"""Runs jobs from the leased table: claim, run, finish while the lease is ours."""

import logging
import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

from flask import Flask
from sqlalchemy import or_, select, update

from lms.db import db, transaction
from lms.jobs import ticks
from lms.jobs.models import Job, WorkerBeat
from lms.jobs.port import REGISTRY
from lms.kernel import clock

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 20.0
TRIES = 5
POLL_SECONDS = 1.0
log = logging.getLogger("lms.jobs")


@dataclass(frozen=True)
class Claimed:
    """A job that is ours until its lease ends."""

    id: int
    name: str
    arguments: dict[str, Any]
    attempts: int
    lease: str


class LeaseLost(Exception):
    """Another worker took the job over; it finishes there, on the same idempotent function."""


def claim() -> Claimed | None:
    """Take the next due job whose lease is free or over, in a transaction of its own."""
    now = clock.now()
    lease = secrets.token_hex(16)
    due = (
        select(Job.id)
        .where(
            Job.done_at.is_(None),
            Job.dead_at.is_(None),
            Job.run_at <= now,
            or_(Job.lease_until.is_(None), Job.lease_until < now),
        )
        .order_by(Job.priority, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with transaction():
        _bury(now)
        row = db.session.execute(
            update(Job)
            .where(Job.id.in_(due.scalar_subquery()))
            .values(lease=lease, lease_until=now + LEASE, attempts=Job.attempts + 1)
            .returning(Job.id, Job.name, Job.arguments, Job.attempts)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        return None
    return Claimed(row.id, row.name, dict(row.arguments), row.attempts, lease)


def _bury(now: datetime) -> None:
    # A job that takes its worker down each time never reaches _fail: its leases just end.
    db.session.execute(
        update(Job)
        .where(
            Job.done_at.is_(None),
            Job.dead_at.is_(None),
            Job.attempts >= TRIES,
            Job.lease_until < now,
        )
        .values(dead_at=now, lease=None, lease_until=None, last_error="its workers died")
        .execution_options(synchronize_session=False)
    )


def run(claimed: Claimed) -> None:
    """Run a claimed job, then finish it; killed in between it runs again: jobs are idempotent."""
    try:
        function = REGISTRY[claimed.name]
        with renewing(claimed):
            function(**claimed.arguments)
        with transaction():
            _finish(claimed)
    except LeaseLost:
        log.warning("job %s lost its lease", claimed.id)
    except Exception as error:
        log.exception("job %s (%s) failed", claimed.id, claimed.name)
        _fail(claimed, error)


def _finish(claimed: Claimed) -> None:
    changed = db.session.execute(
        update(Job)
        .where(Job.id == claimed.id, Job.lease == claimed.lease)
        .values(done_at=clock.now(), lease=None, lease_until=None, last_error=None)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if changed.one_or_none() is None:
        raise LeaseLost


def _fail(claimed: Claimed, error: Exception) -> None:
    # Back-off 2^n seconds with jitter; the fifth failure is final until somebody asks again.
    delay = timedelta(seconds=2**claimed.attempts + secrets.randbelow(1000) / 1000)
    final = claimed.attempts >= TRIES
    with transaction():
        db.session.execute(
            update(Job)
            .where(Job.id == claimed.id, Job.lease == claimed.lease)
            .values(
                lease=None,
                lease_until=None,
                run_at=clock.now() + delay,
                dead_at=clock.now() if final else None,
                last_error=f"{type(error).__name__}: {error}"[:2000],
            )
            .execution_options(synchronize_session=False)
        )


@contextmanager
def renewing(claimed: Claimed) -> Iterator[None]:
    """Keep the lease alive from a thread while the job runs."""
    stop = threading.Event()
    engine = db.engine

    def renew() -> None:
        while not stop.wait(RENEW_SECONDS):
            with engine.begin() as connection:
                connection.execute(
                    update(Job)
                    .where(Job.id == claimed.id, Job.lease == claimed.lease)
                    .values(lease_until=clock.now() + LEASE)
                )

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def drain(limit: int = 1000) -> int:
    """Run what is due now, up to ``limit`` jobs; returns how many ran."""
    for number in range(limit):
        claimed = claim()
        if claimed is None:
            return number
        run(claimed)
        db.session.remove()
    return limit


class Worker:
    """The loop of ``lms worker``; stops after the job at hand on SIGTERM or SIGINT."""

    def __init__(self, app: Flask, *, parent: int | None = None) -> None:
        self.app = app
        self.parent = parent
        self.name = f"{os.uname().nodename}:{os.getpid()}"
        self.stopping = False

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the job at hand, then end."""
        del signum, frame
        self.stopping = True

    def loop(self) -> None:
        """Claim and run until told to stop, or until the parent process is gone."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        beat_due = 0.0
        while not self.stopping and not self._orphaned():
            with self.app.app_context():
                if time.monotonic() >= beat_due:
                    self._beat()
                    beat_due = time.monotonic() + 10
                ticks.run_due()
                claimed = claim()
                if claimed is not None:
                    run(claimed)
                    continue
            time.sleep(POLL_SECONDS)

    def _orphaned(self) -> bool:
        return self.parent is not None and os.getppid() != self.parent

    def _beat(self) -> None:
        with transaction():
            query = select(WorkerBeat).where(WorkerBeat.name == self.name)
            beat = db.session.scalar(query) or WorkerBeat(name=self.name)
            beat.seen_at = clock.now()
            db.session.add(beat)
