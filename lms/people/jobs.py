"""Work for people that a page does not wait for."""

from lms.db import transaction
from lms.jobs.port import job
from lms.kernel import clock
from lms.people import resets
from lms.web import running


@job(resets.RESET_JOB)
def mail_reset(email: str) -> None:
    """Mail a link to choose a new password; a second run sends a second link, no harm."""
    with transaction():
        resets.mail_token(email, running.settings().base_url, now=clock.now())
