"""Pure decisions about attendance."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
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


Sitting = tuple[datetime, int, Mark | None]
"""A class session as one person's attendance sees it: its begin, minutes held, their mark."""


@dataclass(frozen=True)
class Counted:
    """Minutes of some time: held, attended, and those that may still be noted as attended."""

    held: int
    attended: int
    unrecorded: int


def attended(sittings: Iterable[Sitting]) -> Share:
    """The share over all sessions; nothing recorded counts as absent.

    What is held side by side counts once: nobody can be in two rooms, so that time is attended
    wherever somebody sat.
    """
    found = [_counted(together) for together in side_by_side(sittings)]
    return Share(sum(one.attended for one in found), sum(one.held for one in found))


def side_by_side(sittings: Iterable[Sitting]) -> list[list[Sitting]]:
    """Sessions in the order of their beginnings, those that overlap together."""
    found: list[list[Sitting]] = []
    until: datetime | None = None
    for one in sorted(sittings, key=lambda each: each[0]):
        if until is not None and one[0] < until:
            found[-1].append(one)
            until = max(until, _end(one))
        else:
            found.append([one])
            until = _end(one)
    return found


def _end(sitting: Sitting) -> datetime:
    return sitting[0] + timedelta(minutes=sitting[1])


def _counted(together: list[Sitting]) -> Counted:
    if len(together) == 1:
        ((_, held, mark),) = together
        return Counted(held, _sat(held, mark), 0 if mark else held)
    times, there, open_ = Fraction(0), Fraction(0), Fraction(0)
    edges = sorted({edge for one in together for edge in (one[0], _end(one))})
    for start, end in pairwise(edges):
        on = [one for one in together if one[0] <= start and end <= _end(one)]
        length = Fraction(int((end - start).total_seconds()), 60)
        best = max(Fraction(_sat(minutes, mark), minutes) for _, minutes, mark in on)
        times += length
        there += length * best
        open_ += length * (1 - best) if any(mark is None for *_, mark in on) else 0
    return Counted(int(times), int(there), int(open_))


def _sat(minutes: int, mark: Mark | None) -> int:
    """The minutes of one session that somebody sat through."""
    if mark is None:
        return 0
    if mark.presence in COUNTED:
        return minutes
    return min(mark.minutes or 0, minutes) if mark.presence == Presence.PART else 0


@dataclass(frozen=True)
class Outlook:
    """How attendance stands beside what is asked for.

    ``full_days`` of ``days`` were attended from beginning to end; ``unrecorded`` are the minutes
    that may still be noted as attended.
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


def outlook(sittings: Iterable[Sitting], zone: str) -> Outlook:
    """How it stands after all sessions, by days of a time zone."""
    days = [
        [_counted(together) for together in side_by_side(of_day)]
        for of_day in by_day(((one[0], one) for one in sittings), zone).values()
    ]
    everything = [one for day in days for one in day]
    return Outlook(
        Share(sum(one.attended for one in everything), sum(one.held for one in everything)),
        days=len(days),
        full_days=sum(all(one.attended == one.held for one in day) for day in days),
        unrecorded=sum(one.unrecorded for one in everything),
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
