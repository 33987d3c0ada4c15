"""Moments as meeting tools write them: with days or months first, with a zone or without."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil import parser

LONGEST = 64
_OFFSET = re.compile(r"\s*\(?(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?\)?$", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])")
# Halves of the day as Malay Windows writes them.
_HALVES = (
    (re.compile(r"\bPTG\b", re.IGNORECASE), "PM"),
    (re.compile(r"\bPG\b", re.IGNORECASE), "AM"),
)


def moment(said: str, day: date, zone: ZoneInfo) -> datetime | None:
    """The moment in UTC; None when it is none.

    ``day`` is that of the session: it completes a time without a date, and of two ways to read a
    date the one nearer to it is meant. Without an offset it is a moment in ``zone``.
    """
    said, offset = _parted(said.strip())
    if not said or len(said) > LONGEST:
        return None
    readings = [each for first in (True, False) if (each := _read(said, day, day_first=first))]
    if not readings:
        return None
    nearest = min(readings, key=lambda each: abs(each.date() - day))
    return nearest.replace(tzinfo=nearest.tzinfo or offset or zone).astimezone(UTC)


def _parted(said: str) -> tuple[str, timezone | None]:
    # The library takes "GMT+8" for eight hours west, as POSIX does; the tools mean east.
    found = _OFFSET.search(said)
    if found is None:
        return said, None
    span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if span > timedelta(hours=14):
        return "", None
    return said[: found.start()], timezone(-span if found[1] == "-" else span)


def _read(said: str, day: date, *, day_first: bool) -> datetime | None:
    for half, meant in _HALVES:
        said = half.sub(meant, said)
    if ":" not in said:
        said = _DOTTED.sub(lambda m: ":".join(part for part in m.groups() if part), said)
    try:
        return parser.parse(said, default=datetime.combine(day, time()), dayfirst=day_first)
    except (ValueError, OverflowError):
        return None
