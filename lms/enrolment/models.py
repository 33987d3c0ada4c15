"""Places in offerings, and who was there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import ClassSession, Offering
from lms.db import Model, UTCDateTime, created_at, pk, public_id
from lms.people.models import User


class EnrolmentState(StrEnum):
    """See the state table in the README."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


class Presence(StrEnum):
    """What the roll says of a person in one session."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"


class Enrolment(Model):
    """A person's place in an offering, or in its queue; one active one a person and offering."""

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint("state in ('confirmed','waiting','withdrawn')", name="state"),
        UniqueConstraint("offering_id", "ticket"),
        Index(
            "uq_enrolment_active",
            "offering_id",
            "user_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    ticket: Mapped[int]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[created_at]

    offering: Mapped[Offering] = relationship()
    user: Mapped[User] = relationship()

    @property
    def is_active(self) -> bool:
        """Neither withdrawn nor waiting."""
        return self.state == EnrolmentState.CONFIRMED


class Attendance(Model):
    """The roll: one row a person and class session; a correction replaces it, audited."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("class_session_id", "enrolment_id"),
        CheckConstraint("presence in ('present','late','absent','excused')", name="presence"),
    )

    id: Mapped[pk]
    class_session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    presence: Mapped[str] = mapped_column(String(16))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime())

    class_session: Mapped[ClassSession] = relationship()
