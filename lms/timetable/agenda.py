"""What is on when: the sessions of an offering by day and hour, side by side where they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lms.audit import service as audit
from lms.catalogue.models import ClassSession, Offering
from lms.db import db, lock
from lms.kernel.errors import Conflict
from lms.timetable import queries
from lms.timetable.models import Meeting, SessionTopic


@dataclass(frozen=True)
class Item:
    """A class session as the programme shows it; the link of its meeting is not shown."""

    session: ClassSession
    topic: SessionTopic | None
    room: str


@dataclass(frozen=True)
class Hour:
    """What begins together."""

    begins: datetime
    slots: list[Item]


Days = dict[date, list[Hour]]


def of_offering(
    sessions: Iterable[ClassSession],
    topics: Mapping[int, SessionTopic],
    meetings: Mapping[int, Meeting],
    zone: str,
) -> Days:
    """The sessions by day of a time zone and by hour; side by side in the order of their tracks."""
    hours: dict[datetime, list[Item]] = {}
    for session in sessions:
        meeting = meetings.get(session.id)
        room = meeting.room.words if meeting is not None and meeting.room is not None else ""
        item = Item(session, topics.get(session.id), room)
        hours.setdefault(session.starts_at, []).append(item)
    days: Days = {}
    for begins in sorted(hours):
        items = sorted(hours[begins], key=_place)
        days.setdefault(begins.astimezone(ZoneInfo(zone)).date(), []).append(Hour(begins, items))
    return days


def _place(item: Item) -> tuple[str, int]:
    return item.topic.track if item.topic else "", item.session.position


@dataclass(frozen=True)
class TopicFacts:
    """What a session is about; titles and abstracts by language, a speaker a line."""

    titles: dict[str, str]
    track: str
    speakers: list[str]
    abstracts: dict[str, str] = field(default_factory=dict)


def save_topic(  # what is said, and of which state it was thought
    offering: Offering,
    session: ClassSession,
    facts: TopicFacts,
    *,
    by: int | None,
    seen: int | None = None,
) -> None:
    """Say what a session is about; nothing at all takes the topic away.

    Raises Conflict when somebody else did since the state ``seen`` was read.
    """
    lock(offering)
    db.session.refresh(session)  # the lock of the offering is that of its sessions
    if seen is not None and session.topic_version != seen:
        raise Conflict("stale")
    session.topic_version += 1
    standing = queries.topic_of(session)
    if not any(vars(facts).values()):
        if standing is not None:
            db.session.delete(standing)
    else:
        topic = standing or SessionTopic(class_session_id=session.id)
        for name, value in vars(facts).items():
            setattr(topic, name, value)
        db.session.add(topic)
    db.session.flush()
    audit.record(by, "timetable.topic.saved", offering, number=session.position)
