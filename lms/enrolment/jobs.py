"""Work on places that a page does not wait for."""

from lms.db import db, transaction
from lms.enrolment import promising, seats, service
from lms.enrolment.models import Enrolment
from lms.jobs.port import job, scheduled
from lms.kernel import clock


@job(seats.LAPSE_JOB)
def lapse(enrolment_id: int) -> None:
    """Give an offer that ran out to the next one; a second run finds nothing to do."""
    with transaction():
        service.lapse(db.session.get_one(Enrolment, enrolment_id), now=clock.now())


@scheduled("50 3 * * *", "enrolment.forget_promises")
def forget_promises() -> None:
    """Each night, remove promises that ended long ago; a second run finds nothing to do."""
    with transaction():
        promising.forget(now=clock.now())
