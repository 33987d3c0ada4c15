"""A new offering like an earlier one: everything but its people."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lms.audit import service as audit
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import Mode, SeatMode, StaffRole
from lms.catalogue.models import ClassSession, CourseVersion, Offering, SeatTerms
from lms.catalogue.service import OfferingFacts
from lms.db import db
from lms.kernel.errors import Conflict
from lms.people.models import User
from lms.timetable import clashing, queries
from lms.timetable.models import Meeting


@dataclass(frozen=True)
class CopyFacts:
    """What is new in a copy; with ``same_weekday`` it begins on the weekday of the original."""

    code: str
    starts_on: date
    opens_at: datetime
    closes_at: datetime
    same_weekday: bool = True


def first_day(before: date, asked: date, *, same_weekday: bool) -> date:
    """The first day of a copy: as asked, or the next day from then on that is the same weekday."""
    if not same_weekday:
        return asked
    return asked + timedelta(days=(before.weekday() - asked.weekday()) % 7)


def copy(source: Offering, facts: CopyFacts, *, accepted: bool, by: int | None) -> Offering:
    """A planned offering of the course's published version, all its sessions moved along.

    Seats, terms of agencies, approvals, staff and rooms in use are taken over; people and private
    links are not. Raises Conflict when the course is not offered any more or the code is taken,
    Invalid when the dates cannot be, DoubleBooked unless clashes are ``accepted``.
    """
    version = catalogue_queries.published_of(source.course_version.course_id)
    if version is None:
        raise Conflict("course-retired")
    made = catalogue_service.create_offering(version, _facts(source, version, facts), by=by)
    _terms(source, made)
    _sessions(source, made)
    people = _staff(source, made, by)
    audit.record(by, "timetable.offering.copied", made, source=source.code)
    slots = clashing.slots_of(made)
    found = clashing.of_rooms(made, slots) + clashing.of_trainers(made, slots, people)
    clashing.settle(made, found, accepted=accepted, by=by)
    return made


def _facts(source: Offering, version: CourseVersion, asked: CopyFacts) -> OfferingFacts:
    seats = {pool.mode: pool.capacity for pool in source.pools}
    venue, online = seats.get(SeatMode.IN_PERSON, 0), seats.get(SeatMode.ONLINE, 0)
    return OfferingFacts(
        code=asked.code,
        starts_on=first_day(source.starts_on, asked.starts_on, same_weekday=asked.same_weekday),
        days=(source.ends_on - source.starts_on).days + 1,
        venue=source.venue,
        # The newer version may meet in another way than the one that is copied.
        capacity=(online or venue) if version.mode == Mode.ONLINE else (venue or online),
        online_capacity=online,
        opens_at=asked.opens_at,
        closes_at=asked.closes_at,
        sessions_per_day=0,
        offer_hours=source.offer_hours,
        remind_days=source.remind_days,
        approvals=tuple(source.approvals),
        copies=tuple(source.copies),
    )


def _terms(source: Offering, made: Offering) -> None:
    query = select(SeatTerms).where(SeatTerms.offering_id == source.id).order_by(SeatTerms.id)
    db.session.add_all(
        SeatTerms(
            offering_id=made.id,
            organisation_id=each.organisation_id,
            rank=each.rank,
            quota=each.quota,
        )
        for each in db.session.scalars(query)
    )


def _sessions(source: Offering, made: Offering) -> None:
    zone = ZoneInfo(source.course_version.course.provider.timezone)
    days = made.starts_on - source.starts_on
    meetings = queries.meetings_of(source)
    for session in catalogue_queries.sessions_of(source):
        # By the clock on the wall, also where summer time begins in between.
        later = ClassSession(
            offering_id=made.id,
            position=session.position,
            starts_at=session.starts_at.astimezone(zone) + days,
            ends_at=session.ends_at.astimezone(zone) + days,
        )
        db.session.add(later)
        db.session.flush()
        meeting = meetings.get(session.id)
        if meeting and meeting.room and meeting.room.active:
            db.session.add(Meeting(class_session_id=later.id, room_id=meeting.room_id))
    db.session.flush()


def _staff(source: Offering, made: Offering, by: int | None) -> list[User]:
    staff = catalogue_queries.staff_of(source)
    for each in staff:
        catalogue_service.add_staff(made, each.user, StaffRole(each.role), by=by)
    return [each.user for each in staff]
