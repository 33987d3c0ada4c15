"""Programmes: groups of courses that together lead to one award."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import Course
from lms.db import Fixed, Model, Texts, created_at, pk, public_id
from lms.people.models import Organisation


class Award(StrEnum):
    """What a programme leads to."""

    CERTIFICATE = "certificate"
    DIPLOMA = "diploma"
    MASTER = "master"


class ProgrammeState(StrEnum):
    """Written, listed for everybody, or taking nobody any more."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class Asked(StrEnum):
    """How much of a group somebody has to complete."""

    ALL = "all"
    COURSES = "courses"
    CREDITS = "credits"


class Programme(Model):
    """What leads to one award: ``credits`` at least, within ``most_months`` when that is limited.

    ``entry`` says in words who may begin; ``level`` is that of the award in the national
    qualifications framework, where it is registered there.
    """

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("provider_id", "code"),
        CheckConstraint("award in ('certificate','diploma','master')", name="award"),
        CheckConstraint("state in ('closed','draft','published')", name="state"),
        CheckConstraint("level is null or level between 1 and 8", name="level"),
        CheckConstraint("most_months is null or most_months > 0", name="most_months"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(32))
    award: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default=ProgrammeState.DRAFT.value)
    titles: Mapped[Texts]
    summaries: Mapped[Texts]
    entry: Mapped[Texts]
    credits: Mapped[Decimal] = mapped_column(Fixed(2))
    most_months: Mapped[int | None]
    level: Mapped[int | None]
    created_at: Mapped[created_at]

    provider: Mapped[Organisation] = relationship()
    groups: Mapped[list["ProgrammeGroup"]] = relationship(
        order_by="ProgrammeGroup.position", cascade="all, delete-orphan"
    )


class ProgrammeGroup(Model):
    """Courses of which all, so many, or so many credits (``least``) are to be completed."""

    __tablename__ = "programme_group"
    __table_args__ = (
        UniqueConstraint("programme_id", "position"),
        CheckConstraint("asked in ('all','courses','credits')", name="asked"),
        CheckConstraint("(asked = 'all') = (least is null)", name="least"),
        CheckConstraint("least is null or least > 0", name="some"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    position: Mapped[int]
    titles: Mapped[Texts]
    asked: Mapped[str] = mapped_column(String(16))
    least: Mapped[Decimal | None] = mapped_column(Fixed(2))

    courses: Mapped[list["ProgrammeCourse"]] = relationship(
        order_by="ProgrammeCourse.position", cascade="all, delete-orphan"
    )


class ProgrammeCourse(Model):
    """A course of a group, in order; ``term`` is when it is usually taken."""

    __tablename__ = "programme_course"
    __table_args__ = (
        UniqueConstraint("programme_id", "course_id"),
        CheckConstraint("term is null or term between 1 and 20", name="term"),
    )

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("programme_group.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    position: Mapped[int]
    term: Mapped[int | None]

    course: Mapped[Course] = relationship()
