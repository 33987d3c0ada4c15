"""The night's work: what was done a month ago is forgotten; dead jobs stay until somebody acts."""

from datetime import timedelta

from sqlalchemy import delete

from lms.db import db, transaction
from lms.jobs import engine
from lms.jobs.models import Work, WorkerBeat
from lms.jobs.port import scheduled
from lms.jobs.queries import FORGOTTEN_AFTER
from lms.kernel import clock

KEPT_DAYS = 30


@scheduled("0 2 * * *", "jobs.remove_old")
def remove_old() -> None:
    """Remove done jobs and finished work of a month ago, and workers nobody saw for a day."""
    now = clock.now()
    with transaction():
        engine.chosen().remove_done(KEPT_DAYS)
        before = now - timedelta(days=KEPT_DAYS)
        db.session.execute(delete(Work).where(Work.finished_at < before))
        db.session.execute(delete(WorkerBeat).where(WorkerBeat.seen_at < now - FORGOTTEN_AFTER))
