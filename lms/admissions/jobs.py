"""Work on applications that a page does not wait for."""

from lms.admissions import judging, service
from lms.admissions.models import Application
from lms.db import db, transaction
from lms.jobs.port import job
from lms.kernel import clock


@job(judging.LAPSE_JOB)
def lapse(application_id: int) -> None:
    """Give back an offer that ran out; a second run finds nothing to do."""
    with transaction():
        service.lapse(db.session.get_one(Application, application_id), now=clock.now())
