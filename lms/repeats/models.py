"""Answers that were given, so that the same request gets the same answer again."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Model, UTCDateTime, pk
from lms.kernel import clock


class AnsweredRequest(Model):
    """What a request with a key was answered when its deed was done.

    ``user_id`` carries no foreign key: accounts belong to a feature above this one.
    """

    __tablename__ = "answered_request"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[pk]
    user_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    location: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), default=clock.now)
