"""Which courses a visitor asks for, and how many there are of each sort; plain values only."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property

from lms.catalogue.kinds import CourseKind, Mode, OfferingState
from lms.kernel import text

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_LONGEST = 200
SORTS = ("date", "title")
# How the filters are named in addresses, where that is not the name here.
_PARAMETERS = {"since": "from", "until": "to"}


@dataclass(frozen=True)
class Run:
    """A dated run of a course, with the sums of its seats."""

    version_id: int
    starts_on: date
    ends_on: date
    venue: str
    state: str
    opens_at: datetime
    closes_at: datetime
    capacity: int
    free: int
    public_id: str

    @cached_property
    def place(self) -> str:
        """The venue as a key."""
        return text.key(self.venue)

    def has_seats(self, now: datetime) -> bool:
        """Whether a seat can be had at once."""
        takes = self.state == OfferingState.OPEN and self.opens_at <= now <= self.closes_at
        return takes and self.free > 0


@dataclass(frozen=True)
class Candidate:
    """A published course as far as filters look; ``rank`` is None when the words do not meet it."""

    id: int
    code: str
    titles: Mapping[str, str]
    kind: str
    mode: str
    languages: frozenset[str]
    competencies: frozenset[str]
    assessed: int
    runs: tuple[Run, ...]
    rank: int | None
    public_id: str = ""


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty means everything. Months are written ``2027-03``.

    Place, months and seats must hold for one and the same offering.
    """

    q: str = ""
    kind: str = ""
    mode: str = ""
    competency: str = ""
    place: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    seats: str = ""
    sort: str = ""

    @property
    def order(self) -> str:
        """How the list is sorted: as asked, else the nearest to the words, else by next date."""
        return self.sort or ("near" if self.q else "date")

    @cached_property
    def asks_of_runs(self) -> bool:
        """Whether an offering is asked for, not only a course."""
        return bool(self.place or self.since or self.until or self.seats)

    @property
    def active(self) -> list[str]:
        """The names of the filters that leave something out."""
        return [each.name for each in fields(self) if each.name != "sort" and self.value(each.name)]

    def within(self, year: int) -> "Filters":
        """The same without months of other years."""
        others = [each for each in ("since", "until") if self.value(each)[:4] != str(year)]
        return self.without(*others)

    def value(self, name: str) -> str:
        """What is asked for under a name."""
        return str(getattr(self, name))

    def without(self, *names: str) -> "Filters":
        """The same without some of them."""
        return replace(self, **dict.fromkeys(names, ""))

    def address(self, *dropped: str) -> dict[str, str]:
        """The parameters of the address that asks for this, without some of them."""
        return {
            _PARAMETERS.get(each.name, each.name): self.value(each.name)
            for each in fields(self)
            if self.value(each.name) and each.name not in dropped
        }


def read(parameters: Mapping[str, str], languages: Iterable[str]) -> Filters:
    """The filters of an address; what cannot be meant is left out."""
    known: dict[str, Iterable[str]] = {
        "kind": [each.value for each in CourseKind],
        "mode": [each.value for each in Mode],
        "language": languages,
        "seats": ["1"],
        "sort": SORTS,
    }
    found = {}
    for each in fields(Filters):
        value = parameters.get(_PARAMETERS.get(each.name, each.name), "").strip()[:_LONGEST]
        months = each.name in ("since", "until")
        if (months and not _MONTH.fullmatch(value)) or value not in known.get(each.name, (value,)):
            continue
        found[each.name] = text.key(value) if each.name == "place" else value
    return Filters(**found)


def fitting_runs(candidate: Candidate, filters: Filters, now: datetime) -> Sequence[Run]:
    """The offerings of a course at the place, in the months and with the seats asked for."""
    if not filters.asks_of_runs:
        return candidate.runs
    return [
        run
        for run in candidate.runs
        if (not filters.place or run.place == filters.place)
        and (not filters.since or f"{run.starts_on:%Y-%m}" >= filters.since)
        and (not filters.until or f"{run.starts_on:%Y-%m}" <= filters.until)
        and (not filters.seats or run.has_seats(now))
    ]


def fits(candidate: Candidate, filters: Filters, now: datetime) -> bool:
    """Whether a course is what is asked for."""
    if filters.q and candidate.rank is None:
        return False
    if filters.kind not in ("", candidate.kind) or filters.mode not in ("", candidate.mode):
        return False
    if filters.language and filters.language not in candidate.languages:
        return False
    if filters.competency and filters.competency not in candidate.competencies:
        return False
    return not filters.asks_of_runs or bool(fitting_runs(candidate, filters, now))


def counts(
    candidates: Sequence[Candidate], filters: Filters, names: Iterable[str], now: datetime
) -> dict[str, Counter[str]]:
    """How many courses there would be under each value of some filters, the others as they are.

    The empty value stands for the filter dropped.
    """
    fitting: dict[Filters, list[Candidate]] = {}
    found = {}
    for name in names:
        others = filters.without(name)
        if others not in fitting:  # the same for all that nothing is asked of
            fitting[others] = [each for each in candidates if fits(each, others, now)]
        found[name] = _counted(fitting[others], others, name, now)
    return found


def _counted(fitting: list[Candidate], others: Filters, name: str, now: datetime) -> Counter[str]:
    found = Counter(value for each in fitting for value in _values(each, others, name, now))
    if fitting:
        found[""] = len(fitting)
    return found


def _values(candidate: Candidate, others: Filters, name: str, now: datetime) -> Iterable[str]:
    match name:
        case "kind" | "mode":
            return (str(getattr(candidate, name)),)
        case "language":
            return candidate.languages
        case "competency":
            return candidate.competencies
        case "place":
            return {run.place for run in fitting_runs(candidate, others, now)}
        case "seats":
            runs = fitting_runs(candidate, others, now)
            return ("1",) if any(run.has_seats(now) for run in runs) else ()
    return ()


def next_run(candidate: Candidate, filters: Filters, now: datetime) -> Run | None:
    """The earliest fitting offering that takes people by now, else the earliest announced one."""
    runs = fitting_runs(candidate, filters, now)
    return min(runs, key=lambda run: (run.opens_at > now, run.starts_on), default=None)


def in_order(
    candidates: Iterable[Candidate], filters: Filters, language: str, now: datetime
) -> list[Candidate]:
    """The courses that fit, sorted; those without a date come last by date, equals by code."""
    fitting = sorted((c for c in candidates if fits(c, filters, now)), key=lambda c: (c.code, c.id))
    if filters.order == "near":
        return sorted(fitting, key=lambda c: -(c.rank or 0))
    if filters.order == "title":
        return sorted(fitting, key=lambda c: text.key(text.in_language(c.titles, language)))

    def when(candidate: Candidate) -> date:
        run = next_run(candidate, filters, now)
        return run.starts_on if run else date.max

    return sorted(fitting, key=when)
