"""What a course version asks for beforehand."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import Course
from lms.db import Model, pk, public_id
from lms.standards.models import Item


class Prerequisite(Model):
    """A line of what a version asks for: one line of each group has to be met.

    ``key`` says what the line is about (``course:12``), so that a group has it once.
    """

    __tablename__ = "prerequisite"
    __table_args__ = (
        UniqueConstraint("course_version_id", "group_number", "key"),
        CheckConstraint("kind in ('course','competency','role','service')", name="kind"),
        CheckConstraint("(kind = 'course') = (course_id is not null)", name="course"),
        CheckConstraint("(kind = 'competency') = (item_id is not null)", name="item"),
        CheckConstraint("(kind = 'role') = (role is not null)", name="role"),
        CheckConstraint(
            "(kind in ('competency','service')) = (least is not null and least > 0)", name="least"
        ),
        CheckConstraint("group_number > 0", name="group"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    group_number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(40))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("framework_item.id"), index=True)
    role: Mapped[str | None] = mapped_column(String(24))
    least: Mapped[int | None]

    course: Mapped[Course | None] = relationship()
    item: Mapped[Item | None] = relationship()
