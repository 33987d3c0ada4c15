"""Who is told that what they chose is at another time or not held, in the same transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.catalogue.models import ClassSession
from lms.enrolment import notices
from lms.enrolment.models import Enrolment
from lms.kernel import clock
from lms.mail import service as mail
from lms.timetable import queries

MOVED, REMOVED = "choice_moved", "choice_removed"


@dataclass(frozen=True)
class Chosen:
    """A class session as it was chosen: what it is about, if that is said, and when it was."""

    session: ClassSession
    titles: dict[str, str]
    starts_at: datetime
    ends_at: datetime


def chosen(session: ClassSession) -> Chosen:
    """A session as it stands, before it is moved or taken out."""
    topic = queries.topic_of(session)
    return Chosen(session, topic.titles if topic else {}, session.starts_at, session.ends_at)


def tell_ended(
    places: Iterable[Enrolment], was: Chosen, later: ClassSession | None
) -> frozenset[int]:
    """Tell who had chosen it, once each; returns their accounts.

    ``later`` is the session at its new time, None when it is taken out. Where both times have
    begun nobody is told: it is put down how it was, and there is nothing left to choose.
    """
    now = clock.now()
    if was.starts_at <= now and (later is None or later.starts_at <= now):
        return frozenset()
    told = set()
    for place in places:
        _tell(place, was, later)
        told.add(place.user_id)
    return frozenset(told)


def _tell(place: Enrolment, was: Chosen, later: ClassSession | None) -> None:
    user = place.user
    entries = notices.calendar_of(place, user.locale, off=None if later else was.session)
    mail.send(
        user.email,
        "timetable/choice_ended",
        user.locale,
        subject=mail.Subject(place.public_id, MOVED if later else REMOVED, entries),
        name=user.name,
        place=place,
        offering=place.offering,
        zone=place.offering.course_version.course.provider.timezone,
        was=was,
        later=later,
    )
