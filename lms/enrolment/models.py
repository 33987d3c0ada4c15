"""Places in offerings, who has to agree to them, and who was there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.kinds import Approver
from lms.catalogue.models import ClassSession, Offering, SeatPool, SeatTerms
from lms.db import Model, UTCDateTime, created_at, pk, public_id
from lms.enrolment.states import ENDED, State
from lms.people.models import User


class Way(StrEnum):
    """How a person came to ask for the place."""

    SELF = "self"
    NOMINATION = "nomination"
    MANAGER = "manager"


class Presence(StrEnum):
    """What the roll says of a person in one session."""

    PRESENT = "present"
    LATE = "late"
    PART = "part"
    ABSENT = "absent"
    EXCUSED = "excused"


class PromiseState(StrEnum):
    """What became of a promised place; one that is open may have run out."""

    OPEN = "open"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"
    VOID = "void"  # whoever made it may not admit people here any more


def _list(values: "frozenset[StrEnum] | type[StrEnum]") -> str:
    return ",".join(f"'{value}'" for value in sorted(str(each.value) for each in values))


ACTIVE = text(f"state not in ({_list(ENDED)})")
"""Of places that have not ended; a person has one at most in an offering."""


def _of_few(name: str) -> Index:
    """An index of those that have something there: most have not, and write nothing to it."""
    there = text(f"{name} is not null")
    return Index(f"ix_enrolment_{name}", name, sqlite_where=there, postgresql_where=there)


class Enrolment(Model):
    """A person's place in an offering, from asking for it to its end; one active one each.

    ``ticket`` is drawn when the person joins the queue or gets a seat; the queue goes by ``rank``
    (fixed then), then ``ticket``. ``terms`` are those of the person's organisation, if any.
    ``admitted_because`` is why a course manager let them in past prerequisites and approvals.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint(f"state in ({_list(State)})", name="state"),
        CheckConstraint(f"way in ({_list(Way)})", name="way"),
        CheckConstraint("(state = 'offered') = (offer_expires_at is not null)", name="offer"),
        UniqueConstraint("pool_id", "ticket"),
        Index(
            "uq_enrolment_active",
            "offering_id",
            "user_id",
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
        Index("ix_enrolment_queue", "pool_id", "state", "rank", "ticket"),
        *map(_of_few, ("terms_id", "nominated_by_id")),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("seat_pool.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    way: Mapped[str] = mapped_column(String(16), default=Way.SELF.value)
    ticket: Mapped[int | None]
    rank: Mapped[int] = mapped_column(default=100)
    terms_id: Mapped[int | None] = mapped_column(ForeignKey("seat_terms.id"))
    nominated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    offer_expires_at: Mapped[datetime | None]
    admitted_because: Mapped[str] = mapped_column(String(1000), default="")
    ended_at: Mapped[datetime | None]
    created_at: Mapped[created_at]

    offering: Mapped[Offering] = relationship()
    pool: Mapped[SeatPool] = relationship()
    terms: Mapped[SeatTerms | None] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    nominated_by: Mapped[User | None] = relationship(foreign_keys=[nominated_by_id])
    approvals: Mapped[list["Approval"]] = relationship(order_by="Approval.position")

    @property
    def is_active(self) -> bool:
        """Whether the person has the seat for good: what attendance and marks are for."""
        return self.state in {State.CONFIRMED, State.NO_SHOW}


class Approval(Model):
    """One who has to agree to a place; they are asked in their order."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "position"),
        CheckConstraint(f"approver in ({_list(Approver)})", name="approver"),
        CheckConstraint("agreed is null or decided_at is not null", name="decided"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    position: Mapped[int]
    approver: Mapped[str] = mapped_column(String(16))
    agreed: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    decided_at: Mapped[datetime | None]
    created_at: Mapped[created_at]

    enrolment: Mapped[Enrolment] = relationship(back_populates="approvals")
    decided_by: Mapped[User | None] = relationship()


class Attendance(Model):
    """The roll: one row a person and class session; a correction replaces it, audited.

    ``minutes`` are those a person was there who came for a part only.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("class_session_id", "enrolment_id"),
        CheckConstraint(f"presence in ({_list(Presence)})", name="presence"),
        CheckConstraint("(presence = 'part') = (minutes is not null)", name="minutes"),
        CheckConstraint("minutes is null or minutes > 0", name="some_minutes"),
    )

    id: Mapped[pk]
    class_session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    presence: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[int | None]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime())

    class_session: Mapped[ClassSession] = relationship()


class SessionChoice(Model):
    """Which of the sessions held side by side a person attends; ``seat`` is their ticket for it.

    A session whose room holds so many people has tickets up to that number.
    """

    __tablename__ = "session_choice"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "class_session_id"),
        UniqueConstraint("class_session_id", "seat"),
        CheckConstraint("seat > 0", name="seat"),
    )

    id: Mapped[pk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    class_session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"))
    seat: Mapped[int]
    created_at: Mapped[created_at]

    class_session: Mapped[ClassSession] = relationship()


class Promise(Model):
    """A place for whoever has an address, until they take it; ``until`` is its last moment.

    With a ``reason`` it is a place past prerequisites and approvals, else past approvals only.
    ``email`` stays until ``promising.forget`` removes the row; the trail never has it.
    """

    __tablename__ = "place_promise"
    __table_args__ = (
        CheckConstraint(f"state in ({_list(PromiseState)})", name="state"),
        CheckConstraint("(state = 'open') = (ended_at is null)", name="ended"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_by_id is not null)", name="withdrawn"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"), index=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("seat_pool.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    reason: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(16), default=PromiseState.OPEN.value)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    withdrawn_because: Mapped[str] = mapped_column(String(1000), default="")
    ended_at: Mapped[datetime | None]
    created_at: Mapped[created_at]

    offering: Mapped[Offering] = relationship()
    pool: Mapped[SeatPool] = relationship()
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])
