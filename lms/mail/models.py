"""The mail table: what is to be sent, and what was."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Model, created_at, pk, public_id


class MailMessage(Model):
    """A mail; its words are removed once it is sent, for they may hold a secret link.

    ``about`` is the public id of what it speaks of (a place, an approval), ``cause`` what made it;
    ``calendar`` is an iCalendar file that goes with it. ``refused_at`` and ``trouble`` say that the
    mail server will never take it, and why.
    """

    __tablename__ = "mail_message"

    id: Mapped[pk]
    public_id: Mapped[public_id]
    kind: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(254), index=True)
    locale: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    about: Mapped[str] = mapped_column(String(16), default="", index=True)
    cause: Mapped[str] = mapped_column(String(32), default="")
    calendar: Mapped[str] = mapped_column(Text, default="")
    trouble: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[created_at]
    sent_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
