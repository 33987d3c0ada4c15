"""Why a certificate was revoked, suspended or corrected, who asked for it and who decided."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certificates.models import Certificate
from lms.db import Model, pk, public_id
from lms.people.models import User


class Kind(StrEnum):
    """What is to become of the certificate."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"
    CORRECTION = "correction"


class State(StrEnum):
    """Where a withdrawal stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    LIFTED = "lifted"


_WAITING = text("state = 'waiting'")


class Withdrawal(Model):
    """One withdrawal; ``decided_by`` is the second person, or whoever lifted a suspension."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        CheckConstraint("kind in ('revocation','suspension','correction')", name="kind"),
        CheckConstraint(
            "state in ('waiting','done','refused','taken_back','lifted')", name="state"
        ),
        CheckConstraint(
            "kind <> 'revocation' or state not in ('done','refused')"
            " or (decided_by_id is not null and decided_by_id <> asked_by_id)",
            name="second_person",
        ),
        Index(
            "uq_withdrawal_waiting",
            "certificate_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_withdrawal_state_asked_at", "state", "asked_at"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text())
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    decided_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(Text(), default="")
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)

    certificate: Mapped[Certificate] = relationship(foreign_keys=[certificate_id])
    replacement: Mapped[Certificate | None] = relationship(foreign_keys=[replacement_id])
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
