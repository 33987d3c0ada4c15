"""Assessments of a course version, rubrics, submissions, and grades that are only ever added."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import CourseVersion
from lms.db import Fixed, Model, Texts, UTCDateTime, created_at, pk, public_id
from lms.enrolment.models import Enrolment
from lms.people.models import User
from lms.standards.models import Item


class EvidenceType(StrEnum):
    """What kind of evidence a criterion asks for."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    KNOWLEDGE = "knowledge"


class SubmissionState(StrEnum):
    """Submitted work is marked, then released; released work is judged on."""

    SUBMITTED = "submitted"
    RELEASED = "released"


class Assessment(Model):
    """An assessment of one course version; frozen with it.

    ``required``: the certificate of the course asks for a pass in it.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("course_version_id", "code"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    code: Mapped[str] = mapped_column(String(32))
    titles: Mapped[Texts]
    instructions: Mapped[Texts]
    pass_mark: Mapped[Decimal] = mapped_column(Fixed(2))
    required: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[created_at]

    course_version: Mapped[CourseVersion] = relationship()
    criteria: Mapped[list["RubricCriterion"]] = relationship(
        order_by="RubricCriterion.position", cascade="all, delete-orphan"
    )


class RubricCriterion(Model):
    """One thing that is judged, mapped to a competency statement at the level it stands for."""

    __tablename__ = "rubric_criterion"
    __table_args__ = (
        UniqueConstraint("assessment_id", "position"),
        CheckConstraint("weight > 0", name="weight"),
        CheckConstraint("level > 0", name="level"),
        CheckConstraint("evidence in ('direct','indirect','knowledge')", name="evidence"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    position: Mapped[int]
    titles: Mapped[Texts]
    weight: Mapped[Decimal] = mapped_column(Fixed(2))
    mandatory: Mapped[bool] = mapped_column(default=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("framework_item.id"), index=True)
    level: Mapped[int]
    evidence: Mapped[str] = mapped_column(String(16), default=EvidenceType.DIRECT.value)

    item: Mapped[Item] = relationship()
    levels: Mapped[list["RubricLevel"]] = relationship(
        order_by="RubricLevel.rank", cascade="all, delete-orphan"
    )


class RubricLevel(Model):
    """A quality level of a criterion: its score, and the competency level it shows (0 = none)."""

    __tablename__ = "rubric_level"
    __table_args__ = (
        UniqueConstraint("criterion_id", "rank"),
        CheckConstraint("score >= 0", name="score"),
    )

    id: Mapped[pk]
    criterion_id: Mapped[int] = mapped_column(ForeignKey("rubric_criterion.id"))
    rank: Mapped[int]
    score: Mapped[Decimal] = mapped_column(Fixed(2))
    level: Mapped[int]
    labels: Mapped[Texts]
    descriptors: Mapped[Texts]


class Submission(Model):
    """Work handed in for an assessment by a person with a seat; attempts are numbered."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("assessment_id", "enrolment_id", "attempt"),
        CheckConstraint("state in ('submitted','released')", name="state"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    attempt: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default=SubmissionState.SUBMITTED.value)
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime())
    feedback: Mapped[str] = mapped_column(Text, default="")
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    row_version: Mapped[int] = mapped_column(default=1)

    assessment: Mapped[Assessment] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
    artefacts: Mapped[list["Artefact"]] = relationship(order_by="Artefact.id")

    __mapper_args__ = {"version_id_col": row_version}


class Artefact(Model):
    """A file of a submission, kept by its SHA-256."""

    __tablename__ = "artefact"
    __table_args__ = (UniqueConstraint("submission_id", "digest"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(150))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UTCDateTime())


class GradeEvent(Model):
    """An assessor's grade on one criterion. Never updated: a correction supersedes."""

    __tablename__ = "grade_event"
    __table_args__ = (UniqueConstraint("supersedes_id"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("rubric_criterion.id"), index=True)
    rubric_level_id: Mapped[int] = mapped_column(ForeignKey("rubric_level.id"), index=True)
    score: Mapped[Decimal] = mapped_column(Fixed(2))
    assessor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    comment: Mapped[str] = mapped_column(Text, default="")
    graded_at: Mapped[datetime] = mapped_column(UTCDateTime())
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("grade_event.id"))

    submission: Mapped[Submission] = relationship()
    criterion: Mapped[RubricCriterion] = relationship()
    rubric_level: Mapped[RubricLevel] = relationship()
    assessor: Mapped[User] = relationship()
