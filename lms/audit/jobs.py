"""What the worker does for the trail between jobs, and each morning."""

from lms.audit import heads, sealing, witnessing
from lms.db import transaction
from lms.jobs import ticks
from lms.jobs.port import job, scheduled
from lms.kernel import clock
from lms.web.i18n import ZONE

_sweep = sealing.Sweep()


@ticks.every(1.0)
def seal() -> None:
    """Seal what has come in, and let the head out: at once to one file, hourly to the other."""
    _sweep.run()
    heads.export(now=clock.now())


@scheduled("0 6 * * *", "audit.witness")
def witness() -> None:
    """Let the newest head leave the house."""
    with transaction():
        witnessing.witness(clock.today(ZONE))


@job(witnessing.POST_JOB, tries=witnessing.POST_TRIES)
def post_head(number: int) -> None:
    """Post a head to the witness, once it was taken never again."""
    witnessing.post(number)
