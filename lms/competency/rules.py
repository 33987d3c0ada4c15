"""Pure decisions about competency: judged by criteria, never by averages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

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


class Held(Protocol):
    """What counts of an attainment when a person has several of one item."""

    @property
    def item_id(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


H = TypeVar("H", bound=Held)


def best_of_each(attainments: Iterable[H], today: date) -> list[H]:
    """One attainment an item, in the order given: the best current one, else the last to expire.

    Of equally high ones the one that holds longest counts: a lower new result takes nothing away.
    """
    best: dict[int, H] = {}
    for one in attainments:
        known = best.get(one.item_id)
        if known is None or _worth(one, today) > _worth(known, today):
            best[one.item_id] = one
    return list(best.values())


def _worth(one: Held, today: date) -> tuple[bool, int, date]:
    current = is_current(one.valid_from, one.valid_to, today)
    return current, one.level if current else 0, one.valid_to or date.max
