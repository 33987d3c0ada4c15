"""The public list of courses: filtered, counted and sorted, in as many statements at any length."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lms.catalogue import filters as rules
from lms.catalogue import finding, stocks
from lms.catalogue.bitmaps import Bitmap
from lms.catalogue.filters import Candidate, Filters, Run
from lms.catalogue.stocks import Domain, Stock
from lms.kernel.paging import Page
from lms.search import queries as search

PAGE_SIZE = 25
MOST_IN_CALENDAR = 500
MOST_IN_YEAR = 1000
COUNTED = ("kind", "mode", "competency", "place", "language", "seats")


@dataclass(frozen=True)
class Read:
    """What a list is made of: what there is, and how near the words are, by id of version.

    ``nearness`` is None where no words are asked for.
    """

    stock: Stock
    nearness: Mapping[int, int] | None

    @property
    def met(self) -> Bitmap:
        """The courses that the words meet."""
        index = self.stock.index
        return index.everything() if self.nearness is None else index.among(self.nearness)


@dataclass(frozen=True)
class Listed:
    """A course as the catalogue lists it, with its next offering that is as asked."""

    course: Candidate
    next_offering: Run | None


@dataclass(frozen=True)
class Choices:
    """What else could be asked for.

    ``counts`` are by filter and value ("" for the filter dropped); ``places`` are venues by key.
    """

    counts: Mapping[str, Mapping[str, int]]
    domains: list[Domain]
    places: dict[str, str]


@dataclass(frozen=True)
class Catalogue(Choices):
    """What a visitor sees: a page of courses.

    ``dropped`` says, when nothing was found, which single filter to drop for how many.
    """

    page: Page[Listed]
    dropped: dict[str, int]
    last_start: str


@dataclass(frozen=True)
class Year(Choices):
    """The offerings of a year that fit, with their courses, by the month in which they begin.

    ``total`` is how many there are, ``left`` how many of them, the last, are not in ``months``.
    """

    total: int
    left: int
    months: dict[int, list[tuple[Candidate, Run]]]

    @property
    def last_month(self) -> int:
        """The month of the last offering that is shown; 0 without any."""
        return max((month for month, some in self.months.items() if some), default=0)


def nearness(words: str) -> dict[int, int] | None:
    """How near the courses are that the words meet; None when they ask for nothing."""
    hits = search.find(finding.KIND, words) if words else None
    return None if hits is None else {hit.id: hit.rank for hit in hits}


def catalogue(
    filters: Filters,
    *,
    page: int,
    language: str,
    now: datetime,
    size: int = PAGE_SIZE,
    read: Read | None = None,
) -> Catalogue:
    """The page of published courses that fit, and the counts beside the filters.

    ``read`` is what somebody has read for these words just now.
    """
    of = read or _read(filters, now)
    fitting = rules.in_order(_fitting(of, filters), filters, language, now, of.nearness or {})
    shown = fitting[(page - 1) * size : page * size]
    rows = [Listed(each, rules.next_run(each, filters, now)) for each in shown]
    return Catalogue(
        **vars(_choices(of, filters)),
        page=Page(rows, len(fitting), page, size),
        dropped={} if fitting else _without_one(of, filters),
        last_start=of.stock.last_start,
    )


def year(
    filters: Filters,
    number: int,
    *,
    now: datetime,
    most: int = MOST_IN_YEAR,
    stock: Stock | None = None,
) -> Year:
    """The offerings that begin in a year, those over and closed as well, but none cancelled."""
    of = Read(stock or stocks.of_year(number, now), nearness(filters.q))
    found = _runs(of, filters, now)
    found.sort(key=lambda pair: (pair[1].starts_on, pair[0].code, pair[1].public_id))
    months: dict[int, list[tuple[Candidate, Run]]] = {month: [] for month in range(1, 13)}
    for candidate, run in found[:most]:
        months[run.starts_on.month].append((candidate, run))
    left = max(0, len(found) - most)
    return Year(**vars(_choices(of, filters)), total=len(found), left=left, months=months)


def offerings(filters: Filters, *, now: datetime) -> list[Run]:
    """The offerings that fit, of all pages, the soonest first."""
    runs = [run for _, run in _runs(_read(filters, now), filters, now)]
    return sorted(runs, key=lambda run: (run.starts_on, run.public_id))


def _read(filters: Filters, now: datetime) -> Read:
    return Read(stocks.ahead(now), nearness(filters.q))


def _fitting(of: Read, filters: Filters) -> list[Candidate]:
    index = of.stock.index
    return index.courses(index.fitting(filters) & of.met)


def _runs(of: Read, filters: Filters, now: datetime) -> list[tuple[Candidate, Run]]:
    return [
        (each, run)
        for each in _fitting(of, filters)
        for run in rules.fitting_runs(each, filters, now)
    ]


def _choices(of: Read, filters: Filters) -> Choices:
    counts = of.stock.index.counts(filters, COUNTED, of.met)
    return Choices(counts, of.stock.domains, of.stock.places)


def _without_one(of: Read, filters: Filters) -> dict[str, int]:
    # Dropping a filter helps only when something is left then.
    numbers = {}
    for name in filters.active:
        found = of.stock.index.fitting(filters.without(name))
        numbers[name] = (found if name == "q" else found & of.met).bit_count()
    return {name: number for name, number in numbers.items() if number}
