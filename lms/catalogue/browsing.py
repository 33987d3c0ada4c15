"""The public list of courses: filtered, counted and sorted, in as many statements at any length."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lms.catalogue import filters as rules
from lms.catalogue import finding, stocks
from lms.catalogue.filters import Candidate, Filters, Run
from lms.catalogue.stocks import Domain, Stock
from lms.kernel.paging import Page
from lms.search import queries as search

PAGE_SIZE = 25
MOST_IN_CALENDAR = 500
MOST_IN_YEAR = 1000
COUNTED = ("kind", "mode", "competency", "place", "language", "seats")


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


def catalogue(
    filters: Filters,
    *,
    page: int,
    language: str,
    now: datetime,
    size: int = PAGE_SIZE,
    stock: Stock | None = None,
) -> Catalogue:
    """The page of published courses that fit, and the counts beside the filters.

    ``stock`` is what there is, where somebody has read it just now.
    """
    there = stock or stocks.ahead(now)
    words = _Words(there, filters.q)
    courses = there.index.courses(there.index.fitting(filters) & words.met)
    fitting = rules.in_order(courses, filters, language, now, words.nearness)
    shown = fitting[(page - 1) * size : page * size]
    rows = [Listed(each, rules.next_run(each, filters, now)) for each in shown]
    return Catalogue(
        **vars(_choices(there, filters, words)),
        page=Page(rows, len(fitting), page, size),
        dropped={} if fitting else _without_one(there, filters, words),
        last_start=there.last_start,
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
    there = stock or stocks.of_year(number, now)
    words = _Words(there, filters.q)
    found = _runs(there, filters, words, now)
    found.sort(key=lambda pair: (pair[1].starts_on, pair[0].code, pair[1].public_id))
    months: dict[int, list[tuple[Candidate, Run]]] = {month: [] for month in range(1, 13)}
    for candidate, run in found[:most]:
        months[run.starts_on.month].append((candidate, run))
    left = max(0, len(found) - most)
    return Year(**vars(_choices(there, filters, words)), total=len(found), left=left, months=months)


def offerings(filters: Filters, *, now: datetime) -> list[Run]:
    """The offerings that fit, of all pages, the soonest first."""
    there = stocks.ahead(now)
    runs = [run for _, run in _runs(there, filters, _Words(there, filters.q), now)]
    return sorted(runs, key=lambda run: (run.starts_on, run.public_id))


class _Words:
    """The courses that the words asked for meet, and how near they are, by id."""

    def __init__(self, stock: Stock, words: str) -> None:
        hits = search.find(finding.KIND, words) if words else None
        # Words without a letter or a digit ask for nothing.
        self.nearness = {hit.id: hit.rank for hit in hits or ()}
        index = stock.index
        self.met = index.everything() if hits is None else index.among(self.nearness)


def _runs(
    stock: Stock, filters: Filters, words: _Words, now: datetime
) -> list[tuple[Candidate, Run]]:
    courses = stock.index.courses(stock.index.fitting(filters) & words.met)
    return [(each, run) for each in courses for run in rules.fitting_runs(each, filters, now)]


def _choices(stock: Stock, filters: Filters, words: _Words) -> Choices:
    counts = stock.index.counts(filters, COUNTED, words.met)
    return Choices(counts, stock.domains, stock.places)


def _without_one(stock: Stock, filters: Filters, words: _Words) -> dict[str, int]:
    # Dropping a filter helps only when something is left then.
    numbers = {}
    for name in filters.active:
        found = stock.index.fitting(filters.without(name))
        numbers[name] = (found if name == "q" else found & words.met).bit_count()
    return {name: number for name, number in numbers.items() if number}
