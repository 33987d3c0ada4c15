"""What a visitor asks of the catalogue, and how what fits is sorted; plain values only."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache

from lms.catalogue.kinds import CourseKind, Mode, OfferingState
from lms.kernel import text

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_LONGEST = 200
_OPEN = OfferingState.OPEN.value
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
        return _key(self.venue)

    @cached_property
    def month(self) -> str:
        """The month in which it begins, like 2027-03."""
        return self.starts_on.isoformat()[:7]

    def has_seats(self, now: datetime) -> bool:
        """Whether a seat can be had at once."""
        takes = self.free > 0 and self.state == _OPEN
        return takes and self.opens_at <= now <= self.closes_at


@lru_cache(maxsize=4096)
def _key(words: str) -> str:
    """Venues and titles are few, and asked for at each look at the list."""
    return text.key(words)


@dataclass(frozen=True)
class Candidate:
    """A published course as the list shows it, by the id of its version; ``runs`` by first day.

    ``assessed`` competencies; ``undated`` when it collects interest for dates to come.
    """

    id: int
    public_id: str
    code: str
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    kind: str
    mode: str
    minutes: int
    cpd: Decimal
    languages: frozenset[str]
    competencies: frozenset[str]
    assessed: int
    undated: bool
    runs: tuple[Run, ...]


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
    def of_runs(self) -> bool:
        """Whether an offering is asked for, not only a course."""
        return bool(self.place or self.since or self.until or self.seats)

    @property
    def only_of_runs(self) -> "Filters":
        """What is asked of an offering, and nothing else."""
        return Filters(place=self.place, since=self.since, until=self.until, seats=self.seats)

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
    if not filters.of_runs:
        return candidate.runs
    return [
        run
        for run in candidate.runs
        if filters.place in ("", run.place)
        and filters.since <= run.month
        and (not filters.until or run.month <= filters.until)
        and (not filters.seats or run.has_seats(now))
    ]


def next_run(candidate: Candidate, filters: Filters, now: datetime) -> Run | None:
    """The earliest fitting offering that takes people by now, else the earliest announced one."""
    runs = fitting_runs(candidate, filters, now)
    return next((run for run in runs if run.opens_at <= now), runs[0] if runs else None)


def in_order(
    fitting: Iterable[Candidate],
    filters: Filters,
    language: str,
    now: datetime,
    nearness: Mapping[int, int],
) -> list[Candidate]:
    """Courses that fit, given by code, sorted; without a date they come last by date.

    ``nearness`` is how near the words are, by id.
    """
    if filters.order == "near":
        return sorted(fitting, key=lambda course: -nearness.get(course.id, 0))
    if filters.order == "title":
        return sorted(fitting, key=lambda course: _title(course, language))

    def when(candidate: Candidate) -> date:
        run = next_run(candidate, filters, now)
        return run.starts_on if run else date.max

    return sorted(fitting, key=when)


def _title(course: Candidate, language: str) -> str:
    return _key(text.in_language(course.titles, language))
