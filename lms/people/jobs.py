"""Work for people that a page does not wait for."""

from lms.db import transaction
from lms.jobs.port import job, scheduled
from lms.kernel import clock
from lms.people import invitations, resets, tries
from lms.web import running


@job(resets.RESET_JOB)
def mail_reset(email: str) -> None:
    """Mail a link to choose a new password; a second run sends a second link, no harm."""
    with transaction():
        resets.mail_token(email, running.settings().base_url, now=clock.now())


@job(invitations.MAIL_JOB)
def mail_invitation(invitation_id: int) -> None:
    """Mail an invitation; a second run sends a second link, and the first works no more."""
    with transaction():
        invitations.mail_token(invitation_id, running.settings().base_url, now=clock.now())


@scheduled("40 3 * * *", "people.forget_old_tries")
def forget_old_tries() -> None:
    """Remove counted tries that no longer delay anybody."""
    with transaction():
        tries.forget_old(now=clock.now())
