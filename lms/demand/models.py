"""Offerings whose dates are not set yet, and who would come."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import Course, Offering
from lms.db import Model, created_at, pk, public_id
from lms.people.models import Organisation, User


class UndatedState(StrEnum):
    """It collects interest until dates are set, or it is given up."""

    COLLECTING = "collecting"
    DATED = "dated"
    DROPPED = "dropped"


class UndatedOffering(Model):
    """A run of a course that is planned without dates; ``expected`` says roughly when.

    It names the course and not a version, for the version is that of the day when dates are set.
    ``offering`` is what became of it.
    """

    __tablename__ = "undated_offering"
    __table_args__ = (
        CheckConstraint("state in ('collecting','dated','dropped')", name="state"),
        CheckConstraint("(state = 'dated') = (offering_id is not null)", name="offering"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default=UndatedState.COLLECTING.value)
    expected: Mapped[str] = mapped_column(String(120))
    venue: Mapped[str] = mapped_column(String(200), default="")
    offering_id: Mapped[int | None] = mapped_column(ForeignKey("offering.id"), unique=True)
    ended_at: Mapped[datetime | None]
    created_at: Mapped[created_at]

    course: Mapped[Course] = relationship()
    offering: Mapped[Offering | None] = relationship()


class Interest(Model):
    """Somebody who would come, or a coordinator whose agency would send ``people``.

    ``organisation`` is that agency; it is counted once, whoever of its coordinators says it.
    """

    __tablename__ = "interest"
    __table_args__ = (
        UniqueConstraint("undated_offering_id", "user_id"),
        UniqueConstraint("undated_offering_id", "organisation_id"),
        CheckConstraint("people between 1 and 500", name="people"),
        CheckConstraint("people = 1 or organisation_id is not null", name="agency"),
    )

    id: Mapped[pk]
    undated_offering_id: Mapped[int] = mapped_column(ForeignKey("undated_offering.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    people: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[created_at]

    undated_offering: Mapped[UndatedOffering] = relationship()
    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
