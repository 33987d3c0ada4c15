"""Whether somebody does the jobs and how many wait, for those who watch the server."""

from lms.jobs import queries
from lms.web import health, metrics


@health.check("worker")
def nobody_works() -> str | None:
    """Whether a worker has given a sign of life."""
    return None if queries.somebody_works() else "No worker has been seen for a minute."


@metrics.gauge("sijil_jobs_waiting", "Jobs that are due or will be")
def waiting() -> float | None:
    """How many."""
    return queries.counts().waiting


@metrics.gauge("sijil_jobs_dead", "Jobs that were given up")
def dead() -> float | None:
    """How many."""
    return queries.counts().dead
