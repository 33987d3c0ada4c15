"""The public list of courses: filtered, counted and sorted, in as many statements at any length."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lms.catalogue import filters as rules
from lms.catalogue import finding, stocks, undated
from lms.catalogue.filters import Candidate, Filters, Run
from lms.catalogue.kinds import VersionState
from lms.catalogue.models import CourseVersion
from lms.catalogue.stocks import Stock, Topic
from lms.db import db
from lms.kernel.paging import Page
from lms.search import queries as search

PAGE_SIZE = 25
MOST_IN_CALENDAR = 500
MOST_IN_YEAR = 1000
COUNTED = ("kind", "mode", "competency", "place", "language", "seats")


@dataclass(frozen=True)
class Listed:
    """A course as the catalogue lists it, with its next offering that is as asked."""

    version: CourseVersion
    next_offering: Run | None
    assessed: int


@dataclass(frozen=True)
class Domain:
    """A domain that published courses work on, with its units, as codes and statements."""

    code: str
    statements: Mapping[str, str]
    units: list[tuple[str, Mapping[str, str]]]


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

    ``dropped`` says, when nothing was found, which single filter to drop for how many;
    ``undated`` are ids of courses that collect interest for dates to come.
    """

    page: Page[Listed]
    dropped: dict[str, int]
    last_start: str
    undated: frozenset[int]


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
    candidates = _candidates(there, filters)
    fitting = rules.in_order(candidates, filters, language, now)
    shown = fitting[(page - 1) * size : page * size]
    versions = _versions([candidate.id for candidate in shown])
    rows = [
        Listed(versions[each.id], rules.next_run(each, filters, now), each.assessed)
        for each in shown
        if each.id in versions
    ]
    starts = (run.starts_on for each in candidates for run in each.runs)
    last = max(starts, default=None)
    return Catalogue(
        **vars(_choices(there, candidates, filters, now)),
        page=Page(rows, len(fitting), page, size),
        dropped={} if fitting else _without_one(candidates, filters, now),
        last_start=f"{last:%Y-%m}" if last else "",
        undated=undated.courses(),
    )


def year(filters: Filters, number: int, *, now: datetime, most: int = MOST_IN_YEAR) -> Year:
    """The offerings that begin in a year, those over and closed as well, but none cancelled."""
    there = stocks.of_year(number)
    candidates = [each for each in _candidates(there, filters) if each.runs]
    found = [
        (each, run)
        for each in candidates
        if rules.fits(each, filters, now)
        for run in rules.fitting_runs(each, filters, now)
    ]
    found.sort(key=lambda pair: (pair[1].starts_on, pair[0].code, pair[1].public_id))
    months: dict[int, list[tuple[Candidate, Run]]] = {month: [] for month in range(1, 13)}
    for candidate, run in found[:most]:
        months[run.starts_on.month].append((candidate, run))
    choices = _choices(there, candidates, filters, now)
    left = max(0, len(found) - most)
    return Year(**vars(choices), total=len(found), left=left, months=months)


def _choices(stock: Stock, candidates: list[Candidate], filters: Filters, now: datetime) -> Choices:
    runs = sorted((run for each in candidates for run in each.runs), key=lambda run: run.place)
    return Choices(
        counts=rules.counts(candidates, filters, COUNTED, now),
        domains=_domains(stock.topics, {code for each in candidates for code in each.competencies}),
        places={run.place: run.venue for run in runs},
    )


def offerings(filters: Filters, *, now: datetime) -> list[Run]:
    """The offerings that fit, of all pages, the soonest first."""
    candidates = _candidates(stocks.ahead(now), filters)
    fitting = (each for each in candidates if rules.fits(each, filters, now))
    runs = [run for each in fitting for run in rules.fitting_runs(each, filters, now)]
    return sorted(runs, key=lambda run: (run.starts_on, run.public_id))


def _without_one(candidates: list[Candidate], filters: Filters, now: datetime) -> dict[str, int]:
    # Dropping a filter helps only when something is left then.
    numbers = {
        name: sum(rules.fits(each, filters.without(name), now) for each in candidates)
        for name in filters.active
    }
    return {name: number for name, number in numbers.items() if number}


def _candidates(stock: Stock, filters: Filters) -> list[Candidate]:
    """All courses of the catalogue, with how near they are to the words that are asked for."""
    hits = search.find(finding.KIND, filters.q) if filters.q else None
    if hits is None:  # words without a letter or a digit ask for nothing
        return list(stock.candidates)
    ranks = {hit.id: hit.rank for hit in hits}
    return [replace(each, rank=ranks.get(each.id)) for each in stock.candidates]


def _domains(topics: Iterable[Topic], used: set[str]) -> list[Domain]:
    found: dict[str, Domain] = {}
    asked = [each for each in topics if each.code in used]
    for each in asked:
        if each.is_domain:
            found.setdefault(each.code, Domain(each.code, each.statements, []))
    for each in asked:
        domain = found.get(each.codes[-1])
        known = domain is not None and each.code in {code for code, _ in domain.units}
        if domain is not None and not each.is_domain and not known:
            domain.units.append((each.code, each.statements))
    return list(found.values())


def _versions(ids: list[int]) -> dict[int, CourseVersion]:
    query = (
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(CourseVersion.id.in_(ids), CourseVersion.state == VersionState.PUBLISHED.value)
        .options(contains_eager(CourseVersion.course))
    )
    return {version.id: version for version in db.session.scalars(query)}
