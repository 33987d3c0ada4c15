"""Courses, their frozen versions, the mapping to standards, and offerings with seats."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.kinds import (
    CertificateKind,
    CourseKind,
    ItemRole,
    Mode,
    OfferingState,
    SeatMode,
    StaffRole,
    VersionState,
)
from lms.db import Document, Fixed, Model, Texts, created_at, pk, public_id
from lms.people.models import Organisation, User
from lms.standards.models import Item

_STANDING = text("state <> 'retired'")


def _one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    values = ",".join(f"'{kind.value}'" for kind in kinds)
    return CheckConstraint(f"{column} in ({values})", name=column)


class Course(Model):
    """A course with a code that is stable over its versions."""

    __tablename__ = "course"
    __table_args__ = (UniqueConstraint("provider_id", "code"), _one_of("kind", CourseKind))

    id: Mapped[pk]
    public_id: Mapped[public_id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[created_at]

    provider: Mapped[Organisation] = relationship()


class CourseVersion(Model):
    """What the course says and demands; frozen once published, offerings name the version.

    A course has one published version at most, and one that is written or reviewed. ``edited_by``
    and ``sent_by`` may not publish it; ``note`` is for the reviewer, ``remarks`` are from them;
    ``moved_at`` is when it came into its state; ``retired_because`` is empty where a newer version
    took its place.
    """

    __tablename__ = "course_version"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        _one_of("state", VersionState),
        _one_of("mode", Mode),
        _one_of("certificate", CertificateKind),
        CheckConstraint("minutes > 0", name="minutes"),
        Index(
            "uq_course_version_standing",
            "course_id",
            "state",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default=VersionState.DRAFT.value)
    titles: Mapped[Texts]
    summaries: Mapped[Texts]
    outcomes: Mapped[list[dict[str, str]]] = mapped_column(Document(), default=list)
    contents: Mapped[list[dict[str, Any]]] = mapped_column(Document(), default=list)
    minutes: Mapped[int]
    credit: Mapped[Decimal] = mapped_column(Fixed(2))
    cpd: Mapped[Decimal] = mapped_column(Fixed(2))
    mode: Mapped[str] = mapped_column(String(16))
    languages: Mapped[list[str]] = mapped_column(Document(), default=list)
    certificate: Mapped[str] = mapped_column(String(16))
    validity_months: Mapped[int | None]
    attendance_percent: Mapped[int] = mapped_column(default=80)
    survey_needed: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    note: Mapped[str] = mapped_column(String(1000), default="")
    remarks: Mapped[str] = mapped_column(String(1000), default="")
    moved_at: Mapped[datetime | None]
    retired_because: Mapped[str] = mapped_column(String(1000), default="")
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[created_at]

    course: Mapped[Course] = relationship()
    sent_by: Mapped[User | None] = relationship(foreign_keys=[sent_by_id])
    mappings: Mapped[list["CourseItemMap"]] = relationship(
        order_by="CourseItemMap.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": row_version}


class CourseItemMap(Model):
    """A statement the course introduces, develops or assesses, up to a level."""

    __tablename__ = "course_item_map"
    __table_args__ = (
        UniqueConstraint("course_version_id", "item_id"),
        _one_of("role", ItemRole),
    )

    id: Mapped[pk]
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("framework_item.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    level: Mapped[int]
    position: Mapped[int]

    item: Mapped[Item] = relationship()


class Offering(Model):
    """One dated run of a course version.

    ``offer_hours``: how long a seat that has become free is offered to the next in the queue; None
    confirms at once. ``approvals`` are the approvers who are asked before somebody gets a seat.
    ``copies``: who else is told of places. ``remind_days`` before the first one; 0: no reminder.
    ``sequence`` grows with each change of time or place: calendars know the newer entry by it.
    ``asks`` is no column: False where it was read with the row that nothing is asked beforehand.
    """

    __tablename__ = "offering"
    __table_args__ = (
        _one_of("state", OfferingState),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("offer_hours is null or offer_hours > 0", name="offer_hours"),
        CheckConstraint("remind_days between 0 and 30", name="remind_days"),
        Index("ix_offering_starts_on_id", "starts_on", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), index=True)
    code: Mapped[str] = mapped_column(String(48), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=OfferingState.PLANNED.value)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    venue: Mapped[str] = mapped_column(String(200))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    offer_hours: Mapped[int | None]
    remind_days: Mapped[int] = mapped_column(default=3)
    approvals: Mapped[list[str]] = mapped_column(Document(), default=list)
    copies: Mapped[list[str]] = mapped_column(Document(), default=list)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[created_at]
    asks = True

    course_version: Mapped[CourseVersion] = relationship()
    # Whoever looks at an offering looks at its seats.
    pools: Mapped[list["SeatPool"]] = relationship(order_by="SeatPool.id", lazy="selectin")

    @property
    def capacity(self) -> int:
        """Seats of all kinds."""
        return sum(pool.capacity for pool in self.pools)

    @property
    def taken(self) -> int:
        """Seats that somebody has or is offered."""
        return sum(pool.taken for pool in self.pools)

    @property
    def waiting(self) -> int:
        """People in the queues."""
        return sum(pool.waiting for pool in self.pools)

    @property
    def free(self) -> int:
        """Seats that can be had at once."""
        return sum(pool.free for pool in self.pools)


class SeatPool(Model):
    """The seats of one kind in an offering, and their queue.

    ``taken``, ``waiting`` and ``ticket`` are moved only by ``enrolment.seats``; ``outcome`` carries
    the answer of the statement that gives out seats. ``accepting`` follows the offering's state, so
    that this statement needs no other row. The checks make overselling a refused transaction:
    ``over_capacity`` says that somebody lowered the capacity below those who have seats.
    """

    __tablename__ = "seat_pool"
    __table_args__ = (
        UniqueConstraint("offering_id", "mode"),
        _one_of("mode", SeatMode),
        CheckConstraint("taken >= 0 and (taken <= capacity or over_capacity)", name="taken"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("waiting >= 0", name="waiting"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    mode: Mapped[str] = mapped_column(String(16))
    capacity: Mapped[int]
    over_capacity: Mapped[bool] = mapped_column(default=False)
    accepting: Mapped[bool] = mapped_column(default=False)
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    ticket: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(16))

    @property
    def free(self) -> int:
        """Seats that can be had at once."""
        return 0 if self.waiting else max(0, self.capacity - self.taken)


class SeatTerms(Model):
    """What holds for the people of an organisation, and all below it, in one offering.

    ``rank`` orders the queue (0 first, others have 100); at most ``quota`` of them have a seat,
    counted in ``taken`` by ``enrolment.seats``.
    """

    __tablename__ = "seat_terms"
    __table_args__ = (
        UniqueConstraint("offering_id", "organisation_id"),
        CheckConstraint("taken >= 0 and (quota is null or taken <= quota)", name="quota"),
        CheckConstraint("rank between 0 and 100", name="rank"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    rank: Mapped[int] = mapped_column(default=100)
    quota: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship()


class OfferingStaff(Model):
    """A person's role in one offering."""

    __tablename__ = "offering_staff"
    __table_args__ = (UniqueConstraint("offering_id", "user_id"), _one_of("role", StaffRole))

    id: Mapped[pk]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))

    user: Mapped[User] = relationship()


class ClassSession(Model):
    """One timetabled meeting of an offering.

    ``row_version`` grows with each change of its time and of where it meets, ``topic_version``
    with each of what it is about: two forms.
    """

    __tablename__ = "class_session"
    __table_args__ = (
        UniqueConstraint("offering_id", "position"),
        CheckConstraint("ends_at > starts_at", name="times"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    position: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column(default=1)
    topic_version: Mapped[int] = mapped_column(default=1)

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def is_beside(self, other: "ClassSession") -> bool:
        """Whether another session shares time with this one: nobody sits in both."""
        return (
            self is not other and self.starts_at < other.ends_at and other.starts_at < self.ends_at
        )
