"""Verbs over courses and offerings."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lms.audit import service as audit
from lms.catalogue import events, rules, states
from lms.catalogue.kinds import CourseKind, ItemRole, OfferingState, StaffRole, VersionState
from lms.catalogue.models import (
    ClassSession,
    Course,
    CourseItemMap,
    CourseVersion,
    Offering,
    OfferingStaff,
    SeatPool,
)
from lms.db import db, lock, unique_or
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import Organisation, User
from lms.standards.models import Item


@dataclass(frozen=True)
class CourseFacts:
    """What a course version says; texts by language.

    Its certificate asks for ``attendance_percent`` of the time and, if ``survey_needed``, for the
    survey of the offering.
    """

    titles: dict[str, str]
    summaries: dict[str, str]
    minutes: int
    credit: Decimal
    cpd: Decimal
    mode: str
    certificate: str
    validity_months: int | None = None
    outcomes: list[dict[str, str]] = field(default_factory=list)
    contents: list[dict[str, Any]] = field(default_factory=list)
    languages: list[str] = field(default_factory=lambda: ["ms"])
    attendance_percent: int = 80
    survey_needed: bool = False


@dataclass(frozen=True)
class OfferingFacts:
    """Dates, place and seats of an offering; days are consecutive."""

    code: str
    starts_on: date
    days: int
    venue: str
    capacity: int
    opens_at: datetime
    closes_at: datetime
    sessions_per_day: int = 2
    online_capacity: int = 0
    offer_hours: int | None = None
    remind_days: int = 3
    approvals: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


def create_course(
    provider: Organisation, code: str, kind: CourseKind, facts: CourseFacts, *, by: int | None
) -> CourseVersion:
    """A course with its first draft; raises Conflict when the provider has the code."""
    course = Course(provider_id=provider.id, code=code, kind=kind.value)
    with unique_or("course-code-taken"):
        db.session.add(course)
    version = CourseVersion(
        course_id=course.id, number=1, mappings=[], edited_by_id=by, **vars(facts)
    )
    db.session.add(version)
    db.session.flush()
    audit.record(by, "catalogue.course.created", course, code=code)
    return version


def edit_draft(version: CourseVersion, facts: CourseFacts, *, seen: int, by: int | None) -> None:
    """Replace what a draft says, in the state ``seen``.

    Raises Conflict when it is no draft any more, or when somebody else changed it since.
    """
    hold_draft(version, by=by)
    if version.row_version != seen:
        raise Conflict("stale")
    changes = {}
    for name, value in vars(facts).items():
        before = getattr(version, name)
        if before != value:
            changes[name] = [_brief(before), _brief(value)]
            setattr(version, name, value)
    db.session.flush()
    audit.record(by, "catalogue.course.edited", version, changes=changes)


def _brief(value: object) -> object:
    # For the audit trail: long texts are only named, the version itself keeps them.
    if isinstance(value, dict | list):
        return None
    return str(value) if isinstance(value, Decimal) else value


def map_item(
    version: CourseVersion, item: Item, role: ItemRole, level: int, *, by: int | None
) -> CourseItemMap:
    """Say what a draft does with a statement; raises Conflict when mapped already."""
    hold_draft(version, by=by)
    mapping = CourseItemMap(
        item_id=item.id,
        role=role.value,
        level=level,
        position=max((one.position for one in version.mappings), default=-1) + 1,
    )
    with unique_or("item-mapped-already"):
        version.mappings.append(mapping)
    audit.record(by, "catalogue.item.mapped", version, item=item.code, role=role.value, level=level)
    return mapping


def unmap_item(version: CourseVersion, mapping: CourseItemMap, *, by: int | None) -> None:
    """Take a statement out of a draft, with the criteria that marked it."""
    hold_draft(version, by=by)
    code, item_id = mapping.item.code, mapping.item_id
    version.mappings.remove(mapping)
    db.session.flush()
    events.item_unmapped.send(version, item_id=item_id)
    audit.record(by, "catalogue.item.unmapped", version, item=code)


def hold_draft(version: CourseVersion, *, by: int | None) -> None:
    """Hold a version that is about to be changed, so that nobody freezes it now; note by whom.

    Raises Conflict unless it is a draft.
    """
    lock(version)
    states.only_draft(VersionState(version.state))
    version.edited_by_id = by


def only_published(version: CourseVersion) -> None:
    """Raise Conflict unless the version can be offered."""
    if version.state == VersionState.RETIRED:
        raise Conflict("course-retired")
    if version.state != VersionState.PUBLISHED:
        raise Conflict("course-not-published")


def create_offering(version: CourseVersion, facts: OfferingFacts, *, by: int | None) -> Offering:
    """An offering of a published version, with its class sessions; raises Conflict, Invalid."""
    lock(version)
    only_published(version)
    seats = rules.seats(version.mode, facts.capacity, facts.online_capacity)
    if (
        sum(seats.values()) < 1
        or min(seats.values()) < 0
        or facts.days < 1
        or facts.closes_at <= facts.opens_at
    ):
        raise Invalid("offering-impossible")
    offering = Offering(
        course_version_id=version.id,
        code=facts.code,
        starts_on=facts.starts_on,
        ends_on=facts.starts_on + timedelta(days=facts.days - 1),
        venue=facts.venue,
        offer_hours=facts.offer_hours,
        remind_days=facts.remind_days,
        approvals=list(facts.approvals),
        copies=list(facts.copies),
        opens_at=facts.opens_at,
        closes_at=facts.closes_at,
    )
    with unique_or("offering-code-taken"):
        db.session.add(offering)
    offering.pools = [SeatPool(mode=mode, capacity=number) for mode, number in seats.items()]
    _timetable(offering, facts, version.course.provider.timezone)
    audit.record(by, "catalogue.offering.created", offering, code=facts.code)
    return offering


def _timetable(offering: Offering, facts: OfferingFacts, zone: str) -> None:
    # Mornings from 9, afternoons from 14, three hours each, in the provider's zone.
    hours = (time(9), time(14))[: facts.sessions_per_day]
    position = 0
    for day in range(facts.days):
        for start in hours:
            local = datetime.combine(
                facts.starts_on + timedelta(days=day), start, tzinfo=ZoneInfo(zone)
            )
            begins = local.astimezone(UTC)
            position += 1
            db.session.add(
                ClassSession(
                    offering_id=offering.id,
                    position=position,
                    starts_at=begins,
                    ends_at=begins + timedelta(hours=3),
                )
            )
    db.session.flush()


def open_offering(offering: Offering, *, by: int | None) -> None:
    """Let people in from its opening moment on; raises Conflict when closed for good."""
    lock(offering)
    if offering.state in {OfferingState.CLOSED, OfferingState.CANCELLED}:
        raise Conflict(f"offering-{offering.state}")
    offering.state = OfferingState.OPEN.value
    _accept(offering, accepting=True)
    db.session.flush()
    audit.record(by, "catalogue.offering.opened", offering)


def close_offering(offering: Offering, *, by: int | None) -> None:
    """Take nobody in any more."""
    lock(offering)
    if offering.state == OfferingState.CANCELLED:
        raise Conflict("offering-cancelled")
    offering.state = OfferingState.CLOSED.value
    _accept(offering, accepting=False)
    db.session.flush()
    audit.record(by, "catalogue.offering.closed", offering)


def _accept(offering: Offering, *, accepting: bool) -> None:
    # Takes turns with those who ask for a seat: afterwards they see it.
    for pool in offering.pools:
        lock(pool)
        pool.accepting = accepting


def add_staff(offering: Offering, user: User, role: StaffRole, *, by: int | None) -> None:
    """Give a person a role in one offering; raises Conflict when they have one."""
    with unique_or("staff-already"):
        db.session.add(OfferingStaff(offering_id=offering.id, user_id=user.id, role=role.value))
    audit.record(by, "catalogue.staff.added", offering, user=user.public_id, role=role.value)
