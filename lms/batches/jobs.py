"""The job that goes through a batch, some places a transaction."""

import time

from flask_babel import lazy_gettext as _l

from lms.batches import service
from lms.certificates.keyring import ring
from lms.db import transaction
from lms.jobs import progress
from lms.jobs.port import LONG_TRIES, enqueue, job
from lms.kernel import clock
from lms.web.running import settings

# Far below what a run may last: a long batch is gone through in several runs.
SECONDS = 240.0


@job(service.WORK_JOB, tries=LONG_TRIES, given_up=service.given_up)
def work(batch_id: int) -> None:
    """Go on with a batch until its last place; a run that is killed goes on where it stood."""
    ours, until = settings(), time.monotonic() + SECONDS
    while time.monotonic() < until:
        with transaction():
            # The keys as they are now: they may be changed in the middle of a batch.
            if not service.go_on(batch_id, settings=ours, ring=ring(ours), now=clock.now()):
                return
    with transaction():
        enqueue(service.WORK_JOB, batch_id=batch_id)


def announce() -> None:
    """Say in words what the work is called."""
    progress.announce(
        service.WORK,
        _l("Issuing certificates"),
        cancelled=_l("Cancelled. The certificates issued before stay."),
    )
