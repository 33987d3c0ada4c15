"""Batches of certificates, and what becomes of each place in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import Offering
from lms.certificates.models import Certificate
from lms.db import Model, created_at, pk, public_id
from lms.enrolment.models import Enrolment
from lms.jobs.models import Work
from lms.people.models import User


class State(StrEnum):
    """Where a batch stands."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class Outcome(StrEnum):
    """What became of a place in a batch."""

    WAITING = "waiting"
    ISSUED = "issued"
    LEFT_OUT = "left_out"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_AT_WORK = text("state in ('running','paused')")


class Batch(Model):
    """The certificates of an offering, wanted together; ``work`` is forgotten after a while."""

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("state in ('running','paused','cancelled','done')", name="state"),
        Index(
            "uq_batch_at_work",
            "offering_id",
            unique=True,
            sqlite_where=_AT_WORK,
            postgresql_where=_AT_WORK,
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default=State.RUNNING.value)
    wanted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[created_at]
    ended_at: Mapped[datetime | None]
    work_id: Mapped[int | None] = mapped_column(
        ForeignKey("work.id", ondelete="SET NULL"), unique=True
    )

    offering: Mapped[Offering] = relationship()
    wanted_by: Mapped[User] = relationship()
    work: Mapped[Work | None] = relationship()


class BatchItem(Model):
    """One place; ``reason`` is why it was left out, or the codes of what it lacked."""

    __tablename__ = "batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "enrolment_id"),
        CheckConstraint(
            "outcome in ('waiting','issued','left_out','refused','cancelled')", name="outcome"
        ),
        CheckConstraint("(outcome = 'issued') = (certificate_id is not null)", name="certificate"),
        Index("ix_batch_item_batch_id_outcome", "batch_id", "outcome"),
    )

    id: Mapped[pk]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text(), default="")
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)

    enrolment: Mapped[Enrolment] = relationship()
    certificate: Mapped[Certificate | None] = relationship()
