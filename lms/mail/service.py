"""Verbs of mail: write one, and note that it was sent."""

from datetime import datetime

from lms.db import db
from lms.jobs.port import enqueue
from lms.mail import composing
from lms.mail.models import MailMessage

DELIVER_JOB = "mail.deliver"
# People wait for their mail; a batch of certificates can wait for it.
PRIORITY = -10


def send(address: str, kind: str, locale: str, **words: object) -> MailMessage:
    """Write a mail in the caller's transaction; a job sends it when that has committed.

    ``kind`` names its templates (``people/reset``); ``words`` are what they speak of.
    """
    letter = composing.compose(kind, locale, words)
    message = MailMessage(
        kind=kind,
        address=address,
        locale=locale,
        subject=letter.subject[:200],
        text=letter.text,
        html=letter.html,
    )
    db.session.add(message)
    db.session.flush()
    enqueue(
        DELIVER_JOB,
        dedupe=f"{DELIVER_JOB}:{message.id}",
        priority=PRIORITY,
        message_id=message.id,
    )
    return message


def sent(message_id: int, *, now: datetime) -> None:
    """Note that a mail left; its words are not needed any more."""
    message = db.session.get_one(MailMessage, message_id)
    message.sent_at, message.text, message.html = now, "", ""
