"""When two bookings of one room or person clash, and what a session may be. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lms.kernel.errors import Invalid

LONGEST_LINK = 500


class Kind(StrEnum):
    """What is booked."""

    ROOM = "room"
    TRAINER = "trainer"
    PARTICIPANT = "participant"


@dataclass(frozen=True)
class Booking:
    """A room or a person in one class session, with all that names it.

    ``key`` is the id of the room or person, ``who`` its name; ``number`` is the session's, 0 for
    one that is not saved yet; ``room`` is empty when it has none.
    """

    kind: Kind
    key: int
    who: str
    code: str
    titles: Mapping[str, str]
    number: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    room: str = ""


@dataclass(frozen=True)
class Clash:
    """Two bookings of one room or person for the same time."""

    wanted: Booking
    standing: Booking


class DoubleBooked(Invalid):
    """What is asked for clashes with what is booked, and nobody said that this is meant."""

    def __init__(self, clashes: list[Clash]) -> None:
        super().__init__("double-booked", fields={"accepted": "double-booked"})
        self.clashes = clashes


def overlap(one: Booking, other: Booking) -> bool:
    """Whether they share time; an end that is the other's beginning is shared by nobody."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def clashes(wanted: Iterable[Booking], standing: Iterable[Booking]) -> list[Clash]:
    """Every pair that books the same room or person at the same time, in order of time."""
    booked: dict[tuple[Kind, int], list[Booking]] = defaultdict(list)
    for each in standing:
        booked[each.kind, each.key].append(each)
    found = [
        Clash(mine, theirs)
        for mine in wanted
        for theirs in booked[mine.kind, mine.key]
        if overlap(mine, theirs)
    ]
    return sorted(found, key=lambda clash: (clash.wanted.starts_at, clash.standing.starts_at))


def check_times(
    starts_at: datetime, ends_at: datetime, first: date, last: date, zone: ZoneInfo
) -> None:
    """Raise Invalid unless a session ends after it begins, within the days of its offering."""
    if not first <= starts_at.astimezone(zone).date() <= last:
        raise Invalid(fields={"day": "session-outside-days"})
    if ends_at <= starts_at:
        raise Invalid(fields={"ends": "session-ends-first"})


def check_link(link: str) -> None:
    """Raise Invalid unless a link is empty or leads to a place by https, without a password."""
    if not link:
        return
    try:
        parts = urlsplit(link)
        sound = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        sound = False
    if not sound or len(link) > LONGEST_LINK or not link.isprintable() or " " in link:
        raise Invalid(fields={"link": "session-link"})
