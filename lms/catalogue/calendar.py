"""Offerings as calendars read them (RFC 5545), and so that a later copy replaces an earlier one.

An entry keeps its UID for good; its SEQUENCE is that of the offering, which grows with each move
and when it is cancelled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

from lms.catalogue.kinds import OfferingState
from lms.catalogue.models import ClassSession, Offering

_NOTHING: Mapping[int, str] = {}


@dataclass(frozen=True)
class Naming:
    """What entries say beside dates: the host of their UIDs, words, and where more is told.

    ``gone`` is for somebody who does not come any more, though it takes place.
    """

    host: str
    title: str
    address: str
    gone: bool = False


def whole(offering: Offering, naming: Naming, *, now: datetime) -> Event:
    """One entry over all days of an offering."""
    return _entry(
        offering,
        offering.public_id,
        offering.starts_on,
        offering.ends_on + timedelta(days=1),  # RFC 5545 3.6.1: the end is the day after the last
        naming,
        now,
    )


def each_session(  # what a file may say beside the times
    offering: Offering,
    sessions: Iterable[ClassSession],
    naming: Naming,
    *,
    now: datetime,
    rooms: Mapping[int, str] = _NOTHING,
    links: Mapping[int, str] = _NOTHING,
) -> list[Event]:
    """One entry a class session, in universal time; without sessions one over all days.

    ``rooms`` and ``links`` are by session id; links are private and only for a person's own file.
    """
    entries = []
    for session in sessions:
        entry = _entry(offering, session.public_id, session.starts_at, session.ends_at, naming, now)
        if session.id in rooms:
            entry["location"] = vText(rooms[session.id])
        if session.id in links:
            entry.add("description", links[session.id])
        entries.append(entry)
    return entries or [whole(offering, naming, now=now)]


def written(
    entries: Iterable[Event], name: str, method: str = "PUBLISH", *, description: str = ""
) -> bytes:
    """The file; ``name`` is shown where it is subscribed to, ``method`` is one of RFC 5546."""
    calendar = Calendar()
    calendar.add("prodid", "-//Sijil//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("x-wr-calname", name)
    if description:
        calendar.add("x-wr-caldesc", description)
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


@dataclass(frozen=True)
class Appointment:
    """Something that is no offering: its key stays, ``sequence`` grows with each change."""

    key: str
    starts: datetime
    ends: datetime
    place: str
    sequence: int


def appointment(what: Appointment, naming: Naming, *, now: datetime) -> Event:
    """One entry for an appointment, or that it is off."""
    entry = _named(what.key, what.starts, what.ends, naming, now)
    # Who keeps the earlier copy takes a later one only if it counts on.
    entry.add("sequence", what.sequence + naming.gone)
    entry.add("location", what.place)
    entry.add("status", "CANCELLED" if naming.gone else "CONFIRMED")
    return entry


def _entry(
    offering: Offering,
    key: str,
    starts: date | datetime,
    ends: date | datetime,
    naming: Naming,
    now: datetime,
) -> Event:
    cancelled = naming.gone or offering.state == OfferingState.CANCELLED
    entry = _named(key, starts, ends, naming, now)
    # Who keeps the earlier copy takes a later one only if it counts on.
    entry.add("sequence", offering.sequence + naming.gone)
    entry.add("location", offering.venue)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return entry


def _named(
    key: str, starts: date | datetime, ends: date | datetime, naming: Naming, now: datetime
) -> Event:
    entry = Event()
    entry.add("uid", f"{key}@{naming.host}")
    entry.add("dtstamp", now)
    entry.add("dtstart", starts)
    entry.add("dtend", ends)
    entry.add("summary", naming.title)
    entry.add("url", naming.address)
    return entry
