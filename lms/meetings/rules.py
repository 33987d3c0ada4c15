"""Pure decisions about time spent in an online meeting."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.enrolment.models import Presence
from lms.enrolment.rules import LATE_AFTER, Mark

ENOUGH_PERCENT = 90
"""From this share of a session on somebody was there: connections drop for a moment."""


@dataclass(frozen=True)
class Stay:
    """One line of the file: who joined when, and left when (None: still there when it was made)."""

    name: str
    email: str
    joined: datetime
    left: datetime | None


@dataclass(frozen=True)
class Seen:
    """What somebody's stays come to in a session: whole minutes, and the moment of the first."""

    minutes: int
    first: datetime | None


def seen(stays: Iterable[Stay], begins: datetime, ends: datetime) -> Seen:
    """Add up the stays inside a session; what overlaps counts once."""
    spans = ((max(stay.joined, begins), min(stay.left or ends, ends)) for stay in stays)
    inside = sorted((joined, left) for joined, left in spans if joined < left)
    total, reached = timedelta(), begins
    for joined, left in inside:
        total += max(timedelta(), left - max(joined, reached))
        reached = max(reached, left)
    first = inside[0][0] if inside else None
    return Seen(int(total.total_seconds()) // 60, first)


def suggested(found: Seen, begins: datetime, ends: datetime) -> Mark:
    """What the roll would say of it: present or late with enough of the session, else in part."""
    held = int((ends - begins).total_seconds()) // 60
    if found.minutes == 0 or found.first is None:
        return Mark(Presence.ABSENT.value)
    if found.minutes * 100 < ENOUGH_PERCENT * held:
        return Mark(Presence.PART.value, found.minutes)
    late = found.first > begins + LATE_AFTER
    return Mark((Presence.LATE if late else Presence.PRESENT).value)
