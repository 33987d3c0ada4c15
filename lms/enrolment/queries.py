"""Reads of enrolments and the roll."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, true, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from lms.catalogue.kinds import OfferingState
from lms.catalogue.models import ClassSession, Course, CourseVersion, Offering
from lms.db import db
from lms.enrolment import rules
from lms.enrolment.models import Approval, Attendance, Enrolment
from lms.enrolment.states import ENDED, State
from lms.kernel.errors import NotFound
from lms.people import served
from lms.people.models import Organisation, User
from lms.people.queries import under

_ACTIVE = Enrolment.state.not_in([state.value for state in ENDED])


@dataclass(frozen=True)
class Place:
    """An enrolment with its number in the queue (1 is next; None when not waiting)."""

    enrolment: Enrolment
    queue_number: int | None


def active_enrolment(offering_id: int, user_id: int | None) -> Enrolment | None:
    """The person's place that has not ended."""
    query = select(Enrolment).where(
        Enrolment.offering_id == offering_id, Enrolment.user_id == user_id, _ACTIVE
    )
    return db.session.scalar(query)


def open_approval(place: Enrolment) -> Approval | None:
    """The one whose turn it is to decide."""
    return next((each for each in place.approvals if each.agreed is None), None)


def by_public_id(public_id: str) -> Enrolment:
    """An enrolment with person, offering, version, course and provider; raises NotFound."""
    query = (
        select(Enrolment)
        .where(Enrolment.public_id == public_id)
        .options(
            joinedload(Enrolment.user).joinedload(User.organisation),
            joinedload(Enrolment.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.provider),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def place_of(enrolment: Enrolment) -> Place:
    """Where the person stands in the queue."""
    if enrolment.state != State.WAITING:
        return Place(enrolment, None)
    query = select(func.count(Enrolment.id)).where(
        Enrolment.pool_id == enrolment.pool_id,
        Enrolment.state == State.WAITING.value,
        tuple_(Enrolment.rank, Enrolment.ticket) <= tuple_(enrolment.rank, enrolment.ticket),
    )
    return Place(enrolment, db.session.scalar(query))


def offerings_to_move_to(place: Enrolment, today: date) -> list[Offering]:
    """The other offerings of the same course that are not over, soonest first, fifty at most."""
    course_id = place.offering.course_version.course_id
    query = (
        select(Offering)
        .join(Offering.course_version)
        .where(
            CourseVersion.course_id == course_id,
            Offering.id != place.offering_id,
            Offering.ends_on >= today,
            Offering.state.in_([OfferingState.OPEN.value, OfferingState.CLOSED.value]),
        )
        .order_by(Offering.starts_on, Offering.id)
    )
    return list(db.session.scalars(query.limit(50)))


def of_person(user_id: int) -> list[Enrolment]:
    """A person's enrolments, newest course first, at most a hundred."""
    query = (
        select(Enrolment)
        .join(Enrolment.offering)
        .where(Enrolment.user_id == user_id)
        .options(
            contains_eager(Enrolment.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
        )
        .order_by(Offering.starts_on.desc(), Enrolment.id.desc())
    )
    return list(db.session.scalars(query.limit(100)))


def roster(offering: Offering) -> list[Enrolment]:
    """Everybody with a place or in the queue, in ticket order."""
    query = (
        select(Enrolment)
        .where(Enrolment.offering_id == offering.id, _ACTIVE)
        .options(joinedload(Enrolment.user).joinedload(User.organisation))
    )
    return list(
        db.session.scalars(
            query.order_by(Enrolment.pool_id, Enrolment.rank, Enrolment.ticket, Enrolment.id)
        )
    )


def confirmed(offering_id: int) -> list[Enrolment]:
    """People with a seat, by name."""
    query = (
        select(Enrolment)
        .join(Enrolment.user)
        .where(
            Enrolment.offering_id == offering_id,
            Enrolment.state.in_((State.CONFIRMED.value, State.NO_SHOW.value)),
        )
        .options(contains_eager(Enrolment.user).joinedload(User.organisation))
    )
    return list(db.session.scalars(query.order_by(User.name_key, Enrolment.id)))


def session_of(offering: Offering, public_id: str) -> ClassSession:
    """A class session of this offering and of no other; raises NotFound."""
    query = select(ClassSession).where(
        ClassSession.public_id == public_id, ClassSession.offering_id == offering.id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def roll_of(session: ClassSession) -> list[Attendance]:
    """The recorded roll of one session."""
    query = select(Attendance).where(Attendance.class_session_id == session.id)
    return list(db.session.scalars(query))


def outlook_of(place: Enrolment, sessions: Sequence[ClassSession]) -> rules.Outlook:
    """How a person's attendance stands (one statement)."""
    rows = db.session.scalars(select(Attendance).where(Attendance.enrolment_id == place.id))
    marks = {row.class_session_id: rules.Mark(row.presence, row.minutes) for row in rows}
    return rules.outlook(
        ((session.starts_at, session.minutes, marks.get(session.id)) for session in sessions),
        place.offering.course_version.course.provider.timezone,
    )


def marks_of(offering_id: int) -> dict[tuple[int, int], rules.Mark]:
    """The whole roll of an offering, by enrolment id and session id."""
    query = (
        select(Attendance)
        .join(Attendance.class_session)
        .where(ClassSession.offering_id == offering_id)
    )
    return {
        (row.enrolment_id, row.class_session_id): rules.Mark(row.presence, row.minutes)
        for row in db.session.scalars(query)
    }


def shares(offering_id: int, places: Collection[int] | None = None) -> dict[int, rules.Share]:
    """The attendance share by enrolment id, of all or of these places (two statements)."""
    of_them = true() if places is None else Enrolment.id.in_(places)
    sessions = list(
        db.session.scalars(select(ClassSession).where(ClassSession.offering_id == offering_id))
    )
    rows = db.session.execute(
        select(Enrolment.id, Attendance.class_session_id, Attendance.presence, Attendance.minutes)
        .outerjoin(Attendance, Attendance.enrolment_id == Enrolment.id)
        .where(Enrolment.offering_id == offering_id, of_them)
    )
    presence: dict[int, dict[int, rules.Mark]] = {}
    for enrolment_id, session_id, state, minutes in rows:
        marks = presence.setdefault(enrolment_id, {})
        if session_id is not None:
            marks[session_id] = rules.Mark(state, minutes)
    return {
        enrolment_id: rules.attended((s.starts_at, s.minutes, states.get(s.id)) for s in sessions)
        for enrolment_id, states in presence.items()
    }


def recorded_counts(offering_id: int) -> dict[int, int]:
    """How many people the roll of each session names, by session id."""
    query = (
        select(Attendance.class_session_id, func.count(Attendance.id))
        .join(ClassSession, ClassSession.id == Attendance.class_session_id)
        .where(ClassSession.offering_id == offering_id)
        .group_by(Attendance.class_session_id)
    )
    return dict(db.session.execute(query).all())


def of_agency(paths: tuple[str, ...]) -> list[Enrolment]:
    """Enrolments of officers whose organisation lies under any of the paths, newest first."""
    query = (
        select(Enrolment)
        .join(Enrolment.user)
        .join(User.organisation)
        .where(under(paths))
        .options(
            contains_eager(Enrolment.user).contains_eager(User.organisation),
            joinedload(Enrolment.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course),
        )
        .order_by(Enrolment.id.desc())
        .limit(200)
    )
    return list(db.session.scalars(query))


def has_place_with(provider: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on User: who has or had a place with a provider; takes one on Organisation."""
    courses = select(Course.id).join(Organisation, Organisation.id == Course.provider_id)
    places = (
        select(Enrolment.user_id)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .join(CourseVersion, CourseVersion.id == Offering.course_version_id)
        .where(CourseVersion.course_id.in_(courses.where(provider)))
    )
    return User.id.in_(places)


def is_known_at(provider: Organisation, user: User) -> bool:
    """Whether a provider may know that there is this account: its own people, or it served them."""
    query = select(User.id).where(User.id == user.id, known_at(provider.path))
    return db.session.scalar(query) is not None


def known_at(path: str) -> ColumnElement[bool]:
    """A condition on User: whom the providers at or below a path may know."""
    within = select(Organisation.id).where(under((path,)))
    return or_(User.organisation_id.in_(within), served.served_by((path,)))


def session_by_public_id(public_id: str) -> ClassSession:
    """A class session; raises NotFound."""
    found = db.session.scalar(select(ClassSession).where(ClassSession.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def mark_of(session: ClassSession, enrolment: Enrolment) -> Attendance | None:
    """What the roll of one session says of one person."""
    query = select(Attendance).where(
        Attendance.class_session_id == session.id, Attendance.enrolment_id == enrolment.id
    )
    return db.session.scalar(query)


def session_to_check_in(offering_id: int, now: datetime) -> ClassSession | None:
    """The session of an offering in whose window we are."""
    query = (
        select(ClassSession)
        .where(
            ClassSession.offering_id == offering_id,
            ClassSession.starts_at <= now + rules.CHECK_IN_EARLY,
            ClassSession.ends_at >= now,
        )
        .order_by(ClassSession.starts_at)
        .limit(1)
    )
    return db.session.scalar(query)
