"""The job that sends a mail."""

from lms.db import db, transaction
from lms.jobs.port import job
from lms.kernel import clock
from lms.mail import service, transport
from lms.mail.models import MailMessage
from lms.web import running


@job(service.DELIVER_JOB)
def deliver(message_id: int) -> None:
    """Send a mail; a second run finds it sent. The Message-ID tells repeats after a crash."""
    message = db.session.get_one(MailMessage, message_id)
    if message.sent_at is not None:
        return
    transport.carry(transport.envelope(message, running.settings()), running.settings())
    with transaction():
        service.sent(message_id, now=clock.now())
