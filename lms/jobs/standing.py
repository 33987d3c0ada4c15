"""Whether somebody does the jobs and how many wait, for those who watch the server."""

from datetime import timedelta

from sqlalchemy import func, select

from lms.db import db
from lms.jobs import queries
from lms.jobs.models import WorkerBeat
from lms.kernel import clock
from lms.web import health, metrics

QUIET = timedelta(minutes=1)


@health.check("worker")
def nobody_works() -> str | None:
    """Whether a worker has given a sign of life."""
    seen = db.session.scalar(select(func.max(WorkerBeat.seen_at)))
    if seen is None or seen < clock.now() - QUIET:
        return "No worker has been seen for a minute."
    return None


@metrics.gauge("sijil_jobs_waiting", "Jobs that are due or will be")
def waiting() -> float | None:
    """How many."""
    return queries.counts().waiting


@metrics.gauge("sijil_jobs_dead", "Jobs that were given up")
def dead() -> float | None:
    """How many."""
    return queries.counts().dead
