"""The job that sends a mail."""

from lms.db import db, transaction
from lms.jobs.port import Hopeless, job
from lms.kernel import clock
from lms.mail import service, transport
from lms.mail.models import MailMessage
from lms.web import running

# A mail server may be away for three days: 2, 4, 8 … seconds, then every ten minutes.
TRIES = 440


@job(service.DELIVER_JOB, tries=TRIES)
def deliver(message_id: int) -> None:
    """Send a mail; a second run finds it sent. The Message-ID tells repeats after a crash.

    Raises what ``transport.carry`` raises: NotNow leaves it waiting, Hopeless gives it up.
    """
    message = db.session.get_one(MailMessage, message_id)
    if message.sent_at is not None:
        return
    try:
        transport.carry(transport.envelope(message, running.settings()), running.settings())
    except Hopeless as why:
        with transaction():
            service.refused(message_id, str(why), now=clock.now())
        raise
    with transaction():
        service.sent(message_id, now=clock.now())
