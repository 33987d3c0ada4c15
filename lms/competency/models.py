"""Judgements on released grades, and what people have attained by them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.assessment.models import GradeEvent, Submission
from lms.db import Model, UTCDateTime, created_at, pk, public_id
from lms.people.models import User
from lms.standards.models import Item


class Judgement(Model):
    """Competent or not yet competent on a statement at a level, by which rule on what basis."""

    __tablename__ = "judgement"
    __table_args__ = (
        UniqueConstraint("submission_id", "item_id"),
        CheckConstraint("outcome in ('competent','not_yet')", name="outcome"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("framework_item.id"), index=True)
    level: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(16))
    rule_version: Mapped[str] = mapped_column(String(40))
    assessor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    judged_at: Mapped[datetime] = mapped_column(UTCDateTime())

    item: Mapped[Item] = relationship()
    assessor: Mapped[User] = relationship(foreign_keys=[assessor_id])
    submission: Mapped[Submission] = relationship()
    basis: Mapped[list["JudgementBasis"]] = relationship(order_by="JudgementBasis.id")


class JudgementBasis(Model):
    """A grade a judgement rests on."""

    __tablename__ = "judgement_basis"
    __table_args__ = (UniqueConstraint("judgement_id", "grade_event_id"),)

    id: Mapped[pk]
    judgement_id: Mapped[int] = mapped_column(ForeignKey("judgement.id"))
    grade_event_id: Mapped[int] = mapped_column(ForeignKey("grade_event.id"), index=True)

    grade_event: Mapped[GradeEvent] = relationship()


class Attainment(Model):
    """The recorded fact that a person reached a level of a statement, with its dates."""

    __tablename__ = "attainment"
    __table_args__ = (
        UniqueConstraint("judgement_id"),
        CheckConstraint("source in ('judgement','rollup','equivalence','rpl')", name="source"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="dates"),
        Index("ix_attainment_user_id_item_id", "user_id", "item_id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("framework_item.id"), index=True)
    level: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(16))
    judgement_id: Mapped[int | None] = mapped_column(ForeignKey("judgement.id"))
    rule_version: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[created_at]

    item: Mapped[Item] = relationship()
    judgement: Mapped[Judgement | None] = relationship()
