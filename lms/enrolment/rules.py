"""Pure decisions about attendance."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from lms.enrolment.models import Presence
from lms.kernel.codes import CROCKFORD, as_meant

COUNTED = frozenset({Presence.PRESENT, Presence.LATE})


@dataclass(frozen=True)
class Share:
    """Minutes attended out of minutes held."""

    attended: int
    held: int

    @property
    def percent(self) -> Decimal:
        """Percent with one place, rounded half up; for showing only."""
        if self.held == 0:
            return Decimal(0)
        exact = Decimal(self.attended * 100) / self.held
        return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)

    def reaches(self, percent: int) -> bool:
        """Whether the share is enough; compared exactly, so rounding lifts nobody."""
        return percent == 0 or (self.held > 0 and self.attended * 100 >= percent * self.held)


@dataclass(frozen=True)
class Mark:
    """What the roll says of a person in one session; ``minutes`` of those there for a part."""

    presence: str
    minutes: int | None = None


def attended(sessions: Iterable[tuple[int, Mark | None]]) -> Share:
    """The share over (minutes held, mark) of all sessions; nothing recorded counts as absent."""
    held = there = 0
    for minutes, mark in sessions:
        held += minutes
        if mark is not None and mark.presence in COUNTED:
            there += minutes
        elif mark is not None and mark.presence == Presence.PART:
            there += min(mark.minutes or 0, minutes)
    return Share(there, held)


@dataclass(frozen=True)
class Outlook:
    """How attendance stands beside what is asked for.

    ``full_days`` of ``days`` were attended from beginning to end; ``unrecorded`` are the minutes of
    sessions for which nothing is noted of the person yet.
    """

    share: Share
    days: int
    full_days: int
    unrecorded: int

    def lacking(self, percent: int) -> int:
        """Minutes that are still missing; a part of a minute counts as one."""
        return max(0, -(-self.share.held * percent // 100) - self.share.attended)

    def verdict(self, percent: int) -> str:
        """``enough``, ``open`` while it can still be reached, else ``short``."""
        if self.share.reaches(percent):
            return "enough"
        return "open" if self.lacking(percent) <= self.unrecorded else "short"


def outlook(sessions: Iterable[tuple[datetime, int, Mark | None]], zone: str) -> Outlook:
    """How it stands after (begin, minutes held, mark) of all sessions, by days of a time zone."""
    days = by_day(((begin, (minutes, mark)) for begin, minutes, mark in sessions), zone)
    shares = [attended(of_day) for of_day in days.values()]
    return Outlook(
        Share(sum(day.attended for day in shares), sum(day.held for day in shares)),
        days=len(shares),
        full_days=sum(day.attended == day.held for day in shares),
        unrecorded=sum(
            minutes for of_day in days.values() for minutes, mark in of_day if mark is None
        ),
    )


T = TypeVar("T")


def by_day(moments: Iterable[tuple[datetime, T]], zone: str) -> dict[date, list[T]]:
    """What begins on each civil day of a time zone, in the order of the days."""
    found: dict[date, list[T]] = {}
    for moment, what in sorted(moments, key=lambda each: each[0]):
        found.setdefault(moment.astimezone(ZoneInfo(zone)).date(), []).append(what)
    return found


CHECK_IN_EARLY = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=15)
STEP_SECONDS = 30


def check_in_refusal(starts_at: datetime, ends_at: datetime, now: datetime) -> str | None:
    """The message code that says why nobody checks in now; None inside the window.

    It opens half an hour before the session and closes with it.
    """
    if now < starts_at - CHECK_IN_EARLY:
        return "check-in-too-early"
    return "check-in-over" if now > ends_at else None


def presence_at(starts_at: datetime, now: datetime) -> Presence:
    """What checking in at a moment means: late from a quarter of an hour after the start."""
    return Presence.LATE if now > starts_at + LATE_AFTER else Presence.PRESENT


def check_in_code(key: str, session_id: str, step: int) -> str:
    """Six Crockford characters that only this session has in this half minute.

    The first thirty bits of an HMAC-SHA-256 over session and step; ``key`` is the server's.
    """
    said = f"check-in {session_id} {step}".encode()
    number = int.from_bytes(hmac.digest(key.encode(), said, "sha256")[:4], "big") >> 2
    return "".join(CROCKFORD[number >> shift & 31] for shift in (25, 20, 15, 10, 5, 0))


def is_check_in_code(key: str, session_id: str, typed: str, now: datetime) -> bool:
    """Whether a typed code is that of this half minute or of the one before."""
    step = int(now.timestamp()) // STEP_SECONDS
    plain = as_meant(typed).encode()
    return any(
        hmac.compare_digest(check_in_code(key, session_id, one).encode(), plain)
        for one in (step, step - 1)
    )
