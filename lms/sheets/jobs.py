"""The job that goes through a sheet, some rows a transaction."""

import time

from flask_babel import lazy_gettext as _l

from lms.db import transaction
from lms.jobs import progress
from lms.jobs.port import LONG_TRIES, enqueue, job
from lms.kernel import clock
from lms.sheets import doing, service
from lms.sheets.states import State

# Far below what a run may last: a long sheet is gone through in several runs.
SECONDS = 240.0


@job(service.WORK_JOB, tries=LONG_TRIES, given_up=service.given_up)
def work(sheet_id: int, work_id: int) -> None:
    """Go on with a sheet until its last row; a run that is killed goes on where it stood."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with transaction():
            if not service.go_on(sheet_id, work_id, now=clock.now()):
                return
    with transaction():
        enqueue(service.WORK_JOB, sheet_id=sheet_id, work_id=work_id)


@job(doing.TELL_JOB)
def tell(sheet_id: int, first: int, last: int, pool_id: int) -> None:
    """Mail those who were enrolled together; a second run adds none."""
    with transaction():
        doing.tell(sheet_id, first, last, pool_id)


def announce() -> None:
    """Say in words what the steps are called."""
    progress.announce(f"sheets.{State.CHECKING.value}", _l("Checking a sheet"))
    progress.announce(f"sheets.{State.RUNNING.value}", _l("Enrolling by a sheet"))
    progress.announce(f"sheets.{State.RESTORING.value}", _l("Taking a sheet back"))
