"""Links that show a certificate for a while, and how often each was opened."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certificates.models import Certificate
from lms.db import Model, created_at, pk, public_id


class ShareLink(Model):
    """One address; open until ``expires_at`` unless it was ended before."""

    __tablename__ = "share_link"

    id: Mapped[pk]
    public_id: Mapped[public_id]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    note: Mapped[str] = mapped_column(String(80))
    full_name: Mapped[bool]
    created_at: Mapped[created_at]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    certificate: Mapped[Certificate] = relationship()
    days: Mapped[list["ShareDay"]] = relationship(order_by="ShareDay.day.desc()")

    def is_open(self, now: datetime) -> bool:
        """Whether it still shows the certificate."""
        return self.ended_at is None and now < self.expires_at

    @property
    def opened(self) -> int:
        """How often it was opened."""
        return sum(one.count for one in self.days)


class ShareDay(Model):
    """How often a link was opened on a day, in the zone of the issuer; who did is not kept."""

    __tablename__ = "share_day"
    __table_args__ = (UniqueConstraint("link_id", "day"),)

    id: Mapped[pk]
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id"))
    day: Mapped[date]
    count: Mapped[int] = mapped_column(default=0)
