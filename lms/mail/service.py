"""Verbs of mail: write one, and note what became of it."""

from dataclasses import dataclass
from datetime import datetime

from lms.db import db
from lms.jobs.port import enqueue
from lms.mail import composing
from lms.mail.models import MailMessage

DELIVER_JOB = "mail.deliver"
# People wait for their mail; a batch of certificates can wait for it.
PRIORITY = -10


@dataclass(frozen=True)
class Subject:
    """What a mail speaks of, by public id, what made it, and a calendar file that goes with it."""

    about: str = ""
    cause: str = ""
    calendar: str = ""


_NOTHING = Subject()


def send(
    address: str, kind: str, locale: str, *, subject: Subject = _NOTHING, **words: object
) -> MailMessage:
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
        about=subject.about,
        cause=subject.cause,
        calendar=subject.calendar,
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
    message.sent_at, message.refused_at, message.trouble = now, None, ""
    message.text = message.html = message.calendar = ""


def refused(message_id: int, why: str, *, now: datetime) -> None:
    """Note that the mail server will never take it; its words stay for who tries again."""
    message = db.session.get_one(MailMessage, message_id)
    message.refused_at, message.trouble = now, why[:300]
