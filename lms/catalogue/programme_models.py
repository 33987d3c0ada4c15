"""Programmes: sets of courses."""

from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Fixed, Model, Texts, created_at, pk, public_id


class Programme(Model):
    """A set of courses that together lead to one award; thin until the postgraduate issue."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("provider_id", "code"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(32))
    titles: Mapped[Texts]
    summaries: Mapped[Texts]
    credits: Mapped[Decimal] = mapped_column(Fixed(2))
    created_at: Mapped[created_at]


class ProgrammeCourse(Model):
    """A course of a programme, in order."""

    __tablename__ = "programme_course"
    __table_args__ = (UniqueConstraint("programme_id", "course_id"),)

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    position: Mapped[int]
