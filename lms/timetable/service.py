"""Verbs over rooms, class sessions and those who teach in them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lms.audit import service as audit
from lms.catalogue import events
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import OfferingState, StaffRole
from lms.catalogue.models import ClassSession, Offering
from lms.db import db, lock, unique_or
from lms.enrolment import queries as enrolment_queries
from lms.kernel import text
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import Organisation, User
from lms.timetable import choosing, clashing, notices, queries, rules
from lms.timetable.clashing import Slot
from lms.timetable.models import Meeting, Room


@dataclass(frozen=True)
class RoomFacts:
    """What is said of a room."""

    name: str
    venue: str
    capacity: int
    active: bool = True


@dataclass(frozen=True)
class SessionFacts:
    """When a class session is and where it meets; ``link`` is empty or begins with https.

    ``tell`` says that everybody with a place is told by mail that time or place has changed.
    """

    starts_at: datetime
    ends_at: datetime
    room: Room | None = None
    link: str = ""
    tell: bool = False


def add_room(provider: Organisation, facts: RoomFacts, *, by: int | None) -> Room:
    """A room of a provider; raises Conflict when the venue has one of that name."""
    room = Room(provider_id=provider.id, key=_key(facts), **vars(facts))
    with unique_or("room-name-taken"):
        db.session.add(room)
    audit.record(by, "timetable.room.added", room, name=facts.name, venue=facts.venue)
    return room


def change_room(room: Room, facts: RoomFacts, *, by: int | None) -> None:
    """Say something else of a room; raises Conflict when the venue has one of that name."""
    lock(room)
    changes = {}
    with unique_or("room-name-taken"):
        for name, value in vars(facts).items():
            if getattr(room, name) != value:
                changes[name] = [getattr(room, name), value]
                setattr(room, name, value)
        room.key = _key(facts)
    audit.record(by, "timetable.room.changed", room, changes=changes)


def _key(facts: RoomFacts) -> str:
    return text.key(f"{facts.venue} / {facts.name}")


def save_session(
    offering: Offering,
    session: ClassSession | None,
    facts: SessionFacts,
    *,
    accepted: bool,
    by: int | None,
    seen: int | None = None,
) -> ClassSession:
    """Change a class session, or add one at the end.

    Raises Invalid when its times or its link cannot be, DoubleBooked when its room or a trainer
    is booked already and this is not ``accepted``; Conflict when the offering is cancelled, or
    when the times of a session change whose roll has been taken, or somebody else changed it
    since the state ``seen`` was read.
    """
    lock(offering)
    if session is not None:
        _still(session, seen)
    _check(offering, facts)
    slot = Slot(
        session.id if session else None,
        session.position if session else queries.last_position(offering) + 1,
        facts.starts_at,
        facts.ends_at,
        facts.room,
    )
    staff = [each.user for each in catalogue_queries.staff_of(offering)]
    found = clashing.of_rooms(offering, [slot])
    found += clashing.of_trainers(offering, [slot], staff)
    clashing.settle(offering, found, accepted=accepted, by=by)
    return _write(offering, session, slot, facts, by)


def _still(session: ClassSession, seen: int | None) -> None:
    # The lock of the offering is that of its sessions: read what stands behind it.
    db.session.refresh(session)
    if seen is not None and session.row_version != seen:
        raise Conflict("stale")


def _check(offering: Offering, facts: SessionFacts) -> None:
    if offering.state == OfferingState.CANCELLED:
        raise Conflict("offering-cancelled")
    provider = offering.course_version.course.provider
    if facts.room is not None and facts.room.provider_id != provider.id:
        raise Invalid(fields={"room": "room-of-another"})
    zone = ZoneInfo(provider.timezone)
    rules.check_times(facts.starts_at, facts.ends_at, offering.starts_on, offering.ends_on, zone)
    rules.check_link(facts.link)


def _write(
    offering: Offering,
    session: ClassSession | None,
    slot: Slot,
    facts: SessionFacts,
    by: int | None,
) -> ClassSession:
    times = (facts.starts_at, facts.ends_at)
    told: frozenset[int] = frozenset()
    if session is None:
        session = ClassSession(offering_id=offering.id, position=slot.number)
        session.starts_at, session.ends_at = times
        with unique_or("stale"):
            db.session.add(session)
        offering.sequence += 1
    elif (session.starts_at, session.ends_at) != times:
        told = _move(offering, session, times)
    if slot.session_id is not None:
        session.row_version += 1
    meeting = queries.meeting_of(session) or Meeting(class_session_id=session.id)
    meeting.room_id = facts.room.id if facts.room else None
    # The trail is read by many: it says that there is a link, never which.
    linked, meeting.link = bool(meeting.link), facts.link
    db.session.add(meeting)
    db.session.flush()
    audit.record(
        by,
        "timetable.session.saved",
        offering,
        number=slot.number,
        starts_at=facts.starts_at.isoformat(),
        ends_at=facts.ends_at.isoformat(),
        room=facts.room.name if facts.room else None,
        changes={"link": [linked, bool(facts.link)]},
    )
    if facts.tell:
        events.offering_moved.send(offering, told=told)
    return session


def _move(
    offering: Offering, session: ClassSession, times: tuple[datetime, datetime]
) -> frozenset[int]:
    """Put a session to another time; returns the accounts that are told what they chose of it."""
    _without_roll(offering, session)
    was = notices.chosen(session)
    session.starts_at, session.ends_at = times
    offering.sequence += 1
    return notices.tell_ended(choosing.forget(session), was, session)


def release_rooms(offering: Offering, *, by: int | None) -> None:
    """Take the class sessions of an offering out of their rooms."""
    booked = [each for each in queries.meetings_of(offering).values() if each.room_id is not None]
    if not booked:
        return
    for each in booked:
        each.room_id = None
    db.session.flush()
    audit.record(by, "timetable.rooms.released", offering, count=len(booked))


def remove_session(offering: Offering, session: ClassSession, *, by: int | None) -> None:
    """Take a class session out; raises Conflict when its roll has been taken."""
    lock(offering)
    lock(session)  # who chooses it at this moment is told as well, or finds it gone
    _without_roll(offering, session)
    was, chose = notices.chosen(session), choosing.forget(session)
    for each in (queries.meeting_of(session), queries.topic_of(session)):
        if each is not None:
            db.session.delete(each)
            db.session.flush()
    number = session.position
    db.session.delete(session)
    offering.sequence += 1
    db.session.flush()
    audit.record(by, "timetable.session.removed", offering, number=number)
    notices.tell_ended(chose, was, None)


def _without_roll(offering: Offering, session: ClassSession) -> None:
    if enrolment_queries.recorded_counts(offering.id).get(session.id):
        raise Conflict("session-has-roll")


def name_trainer(offering: Offering, user: User, *, accepted: bool, by: int | None) -> None:
    """Let somebody teach and assess in an offering.

    Raises DoubleBooked when they teach elsewhere at that time and this is not ``accepted``;
    Conflict when they are on its staff.
    """
    lock(offering)
    found = clashing.of_trainers(offering, clashing.slots_of(offering), [user])
    clashing.settle(offering, found, accepted=accepted, by=by)
    catalogue_service.add_staff(offering, user, StaffRole.ASSESSOR, by=by)
