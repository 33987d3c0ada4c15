"""A person chooses among the sessions of an offering that are held side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from lms.audit import service as audit
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import ClassSession
from lms.db import db, lock, unique_or
from lms.enrolment import choice_queries
from lms.enrolment.models import Enrolment, SessionChoice
from lms.enrolment.states import State
from lms.kernel.errors import Conflict
from lms.timetable import queries
from lms.timetable.models import Meeting


@dataclass(frozen=True)
class Option:
    """A session beside others as one person sees it; ``free`` is None where nothing limits it."""

    chosen: bool
    changeable: bool
    free: int | None


def options(
    place: Enrolment,
    sessions: Sequence[ClassSession],
    meetings: Mapping[int, Meeting],
    *,
    now: datetime,
) -> dict[int, Option]:
    """Among what a person chooses, by session id; nothing without a seat (two statements)."""
    beside = [one for one in sessions if any(map(one.is_beside, sessions))]
    if place.state != State.CONFIRMED or not beside:
        return {}
    mine = [each.class_session for each in choice_queries.of_place(place)]
    taken = choice_queries.taken(place.offering_id)
    return {
        one.id: Option(
            one in mine,
            not _begun([one, *filter(one.is_beside, mine)], now),
            _free(meetings.get(one.id), taken.get(one.id, 0)),
        )
        for one in beside
    }


def _begun(sessions: Iterable[ClassSession], now: datetime) -> bool:
    return any(each.starts_at <= now for each in sessions)


def _free(meeting: Meeting | None, taken: int) -> int | None:
    if meeting is None or meeting.room is None:
        return None
    return max(0, meeting.room.capacity - taken)


def choose(place: Enrolment, session: ClassSession, *, by: int, now: datetime) -> None:
    """Attend this session instead of those beside it; choosing it twice changes nothing.

    Raises Conflict without a seat in the offering, for a session with none beside it, when it or
    what was chosen instead of it has begun, and when its room is full.
    """
    standing = _standing(place, session, now)
    if any(each.class_session is session for each in standing):
        return
    beside = [each for each in standing if session.is_beside(each.class_session)]
    if _begun((each.class_session for each in beside), now):
        raise Conflict("choice-over")
    if not any(map(session.is_beside, catalogue_queries.sessions_of(place.offering))):
        raise Conflict("choice-alone")
    for each in beside:
        db.session.delete(each)
    db.session.flush()
    made = SessionChoice(enrolment_id=place.id, class_session_id=session.id, seat=_seat(session))
    with unique_or("choice-full"):
        db.session.add(made)
    audit.record(by, "timetable.session.chosen", place, number=session.position)


def give_up(place: Enrolment, session: ClassSession, *, by: int, now: datetime) -> None:
    """Choose nothing for that time; does nothing when it was not chosen. Raises as ``choose``."""
    for each in _standing(place, session, now):
        if each.class_session is session:
            db.session.delete(each)
            db.session.flush()
            audit.record(by, "timetable.session.left", place, number=session.position)


def _standing(place: Enrolment, session: ClassSession, now: datetime) -> list[SessionChoice]:
    # One after the other for a person, so that no two choices share time; then for a session.
    lock(place)
    lock(session)
    if place.state != State.CONFIRMED:
        raise Conflict("place-not-in-state")
    if _begun([session], now):
        raise Conflict("choice-over")
    return choice_queries.of_place(place)


def _seat(session: ClassSession) -> int:
    given = choice_queries.seats(session)
    meeting = queries.meeting_of(session)
    free = _free(meeting, len(given))
    if free == 0:
        raise Conflict("choice-full")
    return next(number for number in range(1, len(given) + 2) if number not in given)


def forget(session: ClassSession) -> list[Enrolment]:
    """Nobody has chosen it any more: it is at another time, or not at all.

    Returns the places of who had. What was deleted names them: of a place that ends at the same
    moment the choice is gone already, or it ends after this.
    """
    gone = delete(SessionChoice).where(SessionChoice.class_session_id == session.id)
    left = db.session.scalars(gone.returning(SessionChoice.enrolment_id)).all()
    return choice_queries.seated(left) if left else []


def end(place: Enrolment) -> None:
    """Free what a person chose whose place has ended."""
    db.session.execute(delete(SessionChoice).where(SessionChoice.enrolment_id == place.id))
