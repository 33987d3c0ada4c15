"""Pure decisions about competency: judged by criteria, never by averages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

ALL_MANDATORY = "all-mandatory/1"


@dataclass(frozen=True)
class Shown:
    """What one graded criterion shows about an item; ``grade_event_id`` is the evidence."""

    grade_event_id: int
    shown: int
    needed: int
    mandatory: bool


@dataclass(frozen=True)
class Verdict:
    """The judgement on one item: at which level, and message codes where it falls short."""

    ok: bool
    level: int
    reasons: tuple[str, ...]
    basis: tuple[int, ...]


def attained(grades: Sequence[Shown]) -> Verdict:
    """Rule ``all-mandatory/1``: every mandatory criterion at or above its level.

    Where no criterion of the item is mandatory, all of them count. The level judged is the lowest
    one needed, since it rests on all of them. Without any grade nothing is attained.
    """
    if not grades:
        return Verdict(False, 0, ("no-evidence",), ())
    counting = [g for g in grades if g.mandatory] or list(grades)
    short = any(g.shown < g.needed for g in counting)
    return Verdict(
        ok=not short,
        level=min(g.needed for g in counting),
        reasons=("criterion-below-level",) if short else (),
        basis=tuple(g.grade_event_id for g in grades),
    )


def last_valid_day(first: date, months: int | None) -> date | None:
    """The last day of a validity of whole calendar months that begins on ``first``.

    18 December 2026 and 36 months give 17 December 2029; 29 February gives 28 February.
    """
    if months is None:
        return None
    end = first + relativedelta(months=months)
    return end - timedelta(days=1) if end.day == first.day else end


def is_current(valid_from: date, valid_to: date | None, today: date) -> bool:
    """Whether a validity includes a day; both ends count."""
    return valid_from <= today and (valid_to is None or today <= valid_to)
