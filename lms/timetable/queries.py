"""Reads of rooms, of where sessions meet, and of who and what is booked when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.catalogue.kinds import OfferingState
from lms.catalogue.models import ClassSession, Course, CourseVersion, Offering, OfferingStaff
from lms.db import db
from lms.enrolment.choice_queries import attended_by_choice
from lms.enrolment.models import Enrolment
from lms.enrolment.states import ENDED, State
from lms.kernel.errors import NotFound
from lms.people.models import Organisation, User
from lms.people.queries import under
from lms.timetable.models import CalendarFeed, Meeting, Room, SessionTopic
from lms.timetable.rules import Booking, Kind


@dataclass(frozen=True)
class Span:
    """From the first beginning to the last end of some sessions."""

    starts_at: datetime
    ends_at: datetime


def span(bookings: Iterable[Booking]) -> Span | None:
    """The time that some bookings reach over; None without any."""
    some = list(bookings)
    if not some:
        return None
    return Span(min(each.starts_at for each in some), max(each.ends_at for each in some))


def room(public_id: str) -> Room:
    """A room with its provider; raises NotFound."""
    query = select(Room).where(Room.public_id == public_id).options(joinedload(Room.provider))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def rooms_under(paths: tuple[str, ...]) -> list[Room]:
    """All rooms of providers under any of the paths, by venue and name."""
    query = select(Room).join(Room.provider).where(under(paths))
    return list(db.session.scalars(query.order_by(Room.key, Room.id)))


def rooms_of(provider_id: int) -> list[Room]:
    """The active rooms of a provider, by venue and name."""
    query = select(Room).where(Room.provider_id == provider_id, Room.active.is_(True))
    return list(db.session.scalars(query.order_by(Room.key, Room.id)))


def session_of(offering: Offering, public_id: str) -> ClassSession:
    """A class session of this offering and of no other; raises NotFound."""
    query = select(ClassSession).where(
        ClassSession.public_id == public_id, ClassSession.offering_id == offering.id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def last_position(offering: Offering) -> int:
    """The number of the last class session; 0 without any."""
    query = select(func.max(ClassSession.position)).where(ClassSession.offering_id == offering.id)
    return db.session.scalar(query) or 0


def meetings_of(offering: Offering) -> dict[int, Meeting]:
    """Where the sessions of an offering meet, with rooms, by session id."""
    query = (
        select(Meeting)
        .join(Meeting.class_session)
        .where(ClassSession.offering_id == offering.id)
        .options(joinedload(Meeting.room))
    )
    return {each.class_session_id: each for each in db.session.scalars(query)}


def topics_of(offering: Offering) -> dict[int, SessionTopic]:
    """What the sessions of an offering are about, by session id."""
    query = (
        select(SessionTopic)
        .join(SessionTopic.class_session)
        .where(ClassSession.offering_id == offering.id)
    )
    return {each.class_session_id: each for each in db.session.scalars(query)}


def topic_of(session: ClassSession) -> SessionTopic | None:
    """What one session is about."""
    query = select(SessionTopic).where(SessionTopic.class_session_id == session.id)
    return db.session.scalar(query)


def meeting_of(session: ClassSession) -> Meeting | None:
    """Where one session meets."""
    query = select(Meeting).where(Meeting.class_session_id == session.id)
    return db.session.scalar(query.options(joinedload(Meeting.room)))


Met = tuple[ClassSession, Offering, Meeting | None]
"""A class session with its offering, and where it meets."""


def next_of_person(user_id: int | None, since: datetime, limit: int | None = None) -> list[Met]:
    """Class sessions that end after a moment, of offerings where a person has a seat for good.

    Of those held side by side the one that they chose, or all while they have not.
    """
    query = _met(since, limit).join(Enrolment, Enrolment.offering_id == Offering.id)
    mine = Enrolment.user_id == user_id, Enrolment.state == State.CONFIRMED.value
    query = query.where(*mine, attended_by_choice())
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def next_taught(user_id: int, since: datetime) -> list[Met]:
    """Class sessions that end after a moment, of offerings that a person teaches or assesses."""
    query = _met(since).join(OfferingStaff, OfferingStaff.offering_id == Offering.id)
    mine = OfferingStaff.user_id == user_id, Offering.state != OfferingState.CANCELLED.value
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.where(*mine))]


def feed_of(user_id: int | None) -> CalendarFeed | None:
    """A person's own calendar, if they have asked for its address."""
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user_id))


def feed(public_id: str) -> CalendarFeed | None:
    """The calendar of an address, with its person; none of an account that is closed."""
    query = (
        select(CalendarFeed)
        .join(CalendarFeed.user)
        .where(CalendarFeed.public_id == public_id, User.is_active)
        .options(contains_eager(CalendarFeed.user))
    )
    return db.session.scalar(query)


def _met(since: datetime, limit: int | None = None) -> Select[ClassSession, Offering, Meeting]:
    return (
        select(ClassSession, Offering, Meeting)
        .join(Offering, Offering.id == ClassSession.offering_id)
        .join(Offering.course_version)
        .join(CourseVersion.course)
        .join(Course.provider)
        .outerjoin(Meeting, Meeting.class_session_id == ClassSession.id)
        .where(ClassSession.ends_at > since)
        .options(
            contains_eager(Offering.course_version)
            .contains_eager(CourseVersion.course)
            .contains_eager(Course.provider),
            joinedload(Meeting.room),
        )
        .order_by(ClassSession.starts_at, ClassSession.id)
        .limit(limit)
    )


def hold_rooms(room_ids: set[int]) -> None:
    """Let nobody else book these rooms before the end of the transaction."""
    mine = select(Room.id).where(Room.id.in_(room_ids)).order_by(Room.id)
    db.session.execute(mine.with_for_update())


def hold_people(user_ids: set[int]) -> None:
    """Let nobody else book these people before the end of the transaction."""
    mine = select(User.id).where(User.id.in_(user_ids)).order_by(User.id)
    # Not against who only names them: a key share goes on.
    db.session.execute(mine.with_for_update(key_share=True))


def of_rooms(room_ids: set[int], over: Span, *, but: set[int]) -> list[Booking]:
    """What is booked in rooms in a time, but for some sessions."""
    query = _booked(Room.id, Room.name, over).where(
        Room.id.in_(room_ids), ClassSession.id.not_in(but)
    )
    return _bookings(Kind.ROOM, query)


def of_trainers(user_ids: set[int], over: Span, *, but: Offering) -> list[Booking]:
    """What people teach in a time, but for one offering: its sessions may run in parallel."""
    query = (
        _booked(User.id, User.name, over)
        .join(OfferingStaff, OfferingStaff.offering_id == Offering.id)
        .join(User, User.id == OfferingStaff.user_id)
        .where(User.id.in_(user_ids), Offering.id != but.id)
    )
    return _bookings(Kind.TRAINER, query)


def of_participant(user_id: int, over: Span, *, but: Offering) -> list[Booking]:
    """What a person attends, asked to attend, or teaches in a time, but for one offering."""
    ended = [state.value for state in ENDED]
    attends = (
        _booked(User.id, User.name, over)
        .join(Enrolment, Enrolment.offering_id == Offering.id)
        .join(User, User.id == Enrolment.user_id)
        .where(User.id == user_id, Offering.id != but.id, Enrolment.state.not_in(ended))
    )
    teaches = (
        _booked(User.id, User.name, over)
        .join(OfferingStaff, OfferingStaff.offering_id == Offering.id)
        .join(User, User.id == OfferingStaff.user_id)
        .where(User.id == user_id, Offering.id != but.id)
    )
    return _bookings(Kind.PARTICIPANT, attends) + _bookings(Kind.PARTICIPANT, teaches)


def _booked(key: Any, who: Any, over: Span) -> Select[Any]:  # noqa: ANN401  # columns
    return (
        select(
            key,
            who,
            Offering.code,
            CourseVersion.titles,
            ClassSession.position,
            ClassSession.starts_at,
            ClassSession.ends_at,
            Organisation.timezone,
            func.coalesce(Room.name, ""),
        )
        .select_from(ClassSession)
        .join(Offering, Offering.id == ClassSession.offering_id)
        .join(CourseVersion, CourseVersion.id == Offering.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .join(Organisation, Organisation.id == Course.provider_id)
        .outerjoin(Meeting, Meeting.class_session_id == ClassSession.id)
        .outerjoin(Room, Room.id == Meeting.room_id)
        .where(
            Offering.state != OfferingState.CANCELLED.value,
            ClassSession.starts_at < over.ends_at,
            ClassSession.ends_at > over.starts_at,
        )
        .order_by(ClassSession.starts_at, ClassSession.id)
    )


def _bookings(kind: Kind, query: Select[Any]) -> list[Booking]:
    return [Booking(kind, *row) for row in db.session.execute(query)]
