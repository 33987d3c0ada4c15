"""Intakes of programmes, applications for a place, and what a committee says of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.admissions.states import State
from lms.db import Document, Model, created_at, pk, public_id
from lms.people.models import User
from lms.programmes.models import Programme


class DocumentKind(StrEnum):
    """What a document of an application is."""

    TRANSCRIPT = "transcript"
    REFERENCE = "reference"
    OTHER = "other"


class Intake(Model):
    """A call for applications to one programme.

    ``routes`` are its entry rules: beside a qualification at a level of the qualifications
    framework (the key, ``"6"``) so many years of practice are asked for; none admits everybody.
    ``taken`` counts the places that are offered or accepted; ``row_version`` the edits.
    """

    __tablename__ = "intake"
    __table_args__ = (
        UniqueConstraint("programme_id", "name"),
        CheckConstraint("opens_at < closes_at", name="window"),
        CheckConstraint("taken between 0 and places", name="taken"),
        CheckConstraint("transcripts >= 0 and letters >= 0", name="documents"),
        CheckConstraint("quorum > 0 and offer_days > 0", name="decision"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str] = mapped_column(String(80))
    begins_on: Mapped[date]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    routes: Mapped[dict[str, int]] = mapped_column(Document())
    transcripts: Mapped[int]
    letters: Mapped[int]
    interview: Mapped[bool]
    quorum: Mapped[int]
    offer_days: Mapped[int]
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[created_at]

    programme: Mapped[Programme] = relationship()
    members: Mapped[list["IntakeMember"]] = relationship(
        order_by="IntakeMember.id", cascade="all, delete-orphan"
    )

    @property
    def zone(self) -> str:
        """The time zone in which its days are meant."""
        return self.programme.provider.timezone


class IntakeMember(Model):
    """Somebody of the committee of an intake."""

    __tablename__ = "intake_member"
    __table_args__ = (UniqueConstraint("intake_id", "user_id"),)

    id: Mapped[pk]
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    user: Mapped[User] = relationship()


class Application(Model):
    """A person's application to an intake; ``level`` is that of the highest qualification.

    ``plea`` says why somebody who meets no entry rule should be considered all the same.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("intake_id", "user_id"),
        CheckConstraint(
            "state in ('accepted','declined','draft','interview','lapsed','offered','refused',"
            "'returned','sent','withdrawn')",
            name="state",
        ),
        CheckConstraint("(state = 'offered') = (offer_until is not null)", name="offer"),
        CheckConstraint("level is null or level between 1 and 8", name="level"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default=State.DRAFT.value)
    qualification: Mapped[str] = mapped_column(String(200), default="")
    institution: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[int | None]
    years: Mapped[int | None]
    statement: Mapped[str] = mapped_column(Text, default="")
    plea: Mapped[str] = mapped_column(Text, default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    created_at: Mapped[created_at]

    intake: Mapped[Intake] = relationship()
    user: Mapped[User] = relationship()
    documents: Mapped[list["ApplicationDocument"]] = relationship(
        order_by="ApplicationDocument.id", cascade="all, delete-orphan"
    )
    recommendations: Mapped[list["Recommendation"]] = relationship(
        order_by="Recommendation.id", cascade="all, delete-orphan"
    )
    slot: Mapped["InterviewSlot | None"] = relationship(back_populates="application")


class ApplicationDocument(Model):
    """A file of an application, kept by its SHA-256."""

    __tablename__ = "application_document"
    __table_args__ = (
        UniqueConstraint("application_id", "digest"),
        CheckConstraint("kind in ('other','reference','transcript')", name="kind"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(150))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    created_at: Mapped[created_at]


class InterviewSlot(Model):
    """A time at which one applicant can be interviewed; ``place`` is a room or a link."""

    __tablename__ = "interview_slot"
    __table_args__ = (
        UniqueConstraint("intake_id", "starts_at", "place"),
        CheckConstraint("starts_at < ends_at", name="times"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), unique=True)

    intake: Mapped[Intake] = relationship()
    application: Mapped[Application | None] = relationship(back_populates="slot")


class Recommendation(Model):
    """What one member of the committee recommends, and why."""

    __tablename__ = "recommendation"
    __table_args__ = (UniqueConstraint("application_id", "member_id"),)

    id: Mapped[pk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    admit: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]

    member: Mapped[User] = relationship()
