"""One verb over jobs: try a dead one anew."""

from lms.audit import service as audit
from lms.jobs import engine
from lms.jobs.models import Job
from lms.kernel.errors import Conflict


def retry(job_id: int, *, by: int) -> None:
    """Let a dead job be tried anew, all its tries; raises Conflict('job-not-dead')."""
    seen = engine.chosen().retry(job_id)
    if seen is None:
        raise Conflict("job-not-dead")
    # On PostgreSQL the job is a row of the library, so this one only says what it is about.
    audit.record(by, "jobs.retried", Job(id=job_id), name=seen.name)
