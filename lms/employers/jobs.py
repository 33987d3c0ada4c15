"""The job that goes through a run, some rows a transaction; and what the night deletes."""

import time
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from lms.db import transaction
from lms.employers import notices, queries, service, watch_queries
from lms.jobs import progress
from lms.jobs.port import LONG_TRIES, enqueue, job, scheduled
from lms.kernel import clock
from lms.web.i18n import ZONE
from lms.web.running import settings

# Far below what a job may last: a long run is gone through in several.
SECONDS = 240.0


@job(service.WORK_JOB, tries=LONG_TRIES, given_up=service.given_up)
def work(run_id: int) -> None:
    """Go on with a run until its last row; one that is killed goes on where it stood."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with transaction():
            if not service.go_on(run_id, now=clock.now()):
                return
    with transaction():
        enqueue(service.WORK_JOB, run_id=run_id)


@scheduled("30 2 * * *", "employers.forget")
def forget() -> None:
    """Delete what was typed long ago, and tables that nobody confirmed."""
    now = clock.now()
    for public_id in queries.to_forget(now - timedelta(days=settings().employer_typed_days)):
        with transaction():
            service.forget(queries.by_public_id(public_id), now=now)
    for public_id in queries.never_confirmed(now - service.READY_FOR):
        with transaction():
            service.remove(queries.by_public_id(public_id), by=None)


@scheduled("45 7 * * *", "employers.tell_of_ends")
def tell_of_ends() -> None:
    """Tell of watched certificates that end or have ended; a second run tells nobody twice."""
    today = clock.today(ZONE)
    for organisation_id, asked_by_id in watch_queries.askers_to_tell(today):
        with transaction():
            notices.tell_of_ends(organisation_id, asked_by_id, today)


def announce() -> None:
    """Say in words what the work is called."""
    progress.announce(service.WORK, _l("Checking certificates"))
