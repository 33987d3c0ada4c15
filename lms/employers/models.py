"""What employers keep here: runs of checks row by row, what they used of a day, tokens, watches."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certificates.models import Certificate
from lms.db import Model, created_at, pk, public_id
from lms.jobs.models import Work
from lms.people.models import Organisation, User


class State(StrEnum):
    """Where a run stands: looked through, at work, answered."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"


class Flaw(StrEnum):
    """What can be said of a row before anything is looked up."""

    NONE = ""
    BLANK = "blank"
    DUPLICATE = "duplicate"
    MALFORMED = "malformed"


class CheckRun(Model):
    """Many codes checked together for an organisation.

    ``counted`` of its ``total`` rows have a code. ``reached`` is the number of the last row that
    is answered. At ``forgotten_at`` everything that had been typed was deleted.
    """

    __tablename__ = "check_run"
    __table_args__ = (
        CheckConstraint("state in ('ready','running','done')", name="state"),
        CheckConstraint("(state = 'done') = (ended_at is not null)", name="ended"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    work_id: Mapped[int | None] = mapped_column(
        ForeignKey("work.id", ondelete="SET NULL"), unique=True
    )
    name: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(16), default=State.READY.value)
    total: Mapped[int]
    counted: Mapped[int]
    reached: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[created_at]
    ended_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    made_by: Mapped[User] = relationship()
    work: Mapped[Work | None] = relationship()


class CheckRow(Model):
    """One row: what was typed, as long as it is kept, and the one answer to it.

    ``digest`` is the SHA-256 of the code, ``twin`` the number of an earlier row with the same one.
    ``outcome`` is a verdict of ``lms.certificates.rules``, ``blank``, or empty while it waits.
    """

    __tablename__ = "check_row"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        CheckConstraint("flaw in ('','blank','duplicate','malformed')", name="flaw"),
        Index("ix_check_row_outcome", "run_id", "outcome"),
    )

    id: Mapped[pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("check_run.id"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    flaw: Mapped[str] = mapped_column(String(16))
    twin: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(16))
    name_matches: Mapped[bool | None]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)

    certificate: Mapped[Certificate | None] = relationship()


class CheckDay(Model):
    """How many codes an organisation had checked on a day of its zone; held while one counts."""

    __tablename__ = "check_day"
    __table_args__ = (
        UniqueConstraint("organisation_id", "day"),
        CheckConstraint("taken >= 0", name="taken"),
    )

    id: Mapped[pk]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    day: Mapped[date]
    taken: Mapped[int] = mapped_column(default=0)


class ApiToken(Model):
    """What a program of an organisation shows; the token itself is kept nowhere."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[created_at]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    made_by: Mapped[User] = relationship()

    def is_open(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.ended_at is None and now < self.expires_at


class Watch(Model):
    """A certificate about which an organisation is told when it moves or ends.

    ``told`` is the last step of its end that was told: days before it, 0 for after it.
    """

    __tablename__ = "watch"
    __table_args__ = (UniqueConstraint("organisation_id", "certificate_id"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[created_at]
    told: Mapped[int | None]

    organisation: Mapped[Organisation] = relationship()
    certificate: Mapped[Certificate] = relationship()
    asked_by: Mapped[User] = relationship()
