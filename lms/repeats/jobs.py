"""Each hour, what is older than a day is forgotten."""

from lms.db import transaction
from lms.jobs.port import scheduled
from lms.kernel import clock
from lms.repeats import service


@scheduled("40 * * * *", "repeats.forget")
def forget() -> None:
    """Remove old answers; a second run finds nothing to do."""
    with transaction():
        service.forget(now=clock.now())
