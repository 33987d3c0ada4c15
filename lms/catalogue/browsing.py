"""The public list of courses: filtered, counted and sorted, in seven statements at any length."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import contains_eager

from lms.catalogue import filters as rules
from lms.catalogue import finding, undated
from lms.catalogue.filters import Candidate, Filters, Run
from lms.catalogue.kinds import OfferingState, VersionState
from lms.catalogue.models import Course, CourseItemMap, CourseVersion, Offering, SeatPool
from lms.db import db
from lms.kernel.paging import Page
from lms.search import queries as search
from lms.standards.models import Item

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
    statements: dict[str, str]
    units: list[tuple[str, dict[str, str]]]


@dataclass(frozen=True)
class Choices:
    """What else could be asked for.

    ``counts`` are by filter and value ("" for the filter dropped); ``places`` are venues by key.
    """

    counts: dict[str, dict[str, int]]
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
    filters: Filters, *, page: int, language: str, now: datetime, size: int = PAGE_SIZE
) -> Catalogue:
    """The page of published courses that fit, and the counts beside the filters."""
    runs, mappings, items = _runs(now), _mappings(), _items()
    candidates = _candidates(filters, runs, mappings, items)
    fitting = rules.in_order(candidates, filters, language, now)
    shown = fitting[(page - 1) * size : page * size]
    versions = _versions([candidate.id for candidate in shown])
    rows = [
        Listed(versions[each.id], rules.next_run(each, filters, now), each.assessed)
        for each in shown
    ]
    starts = (f"{run.starts_on:%Y-%m}" for some in runs.values() for run in some)
    return Catalogue(
        **vars(_choices(candidates, items, filters, now)),
        page=Page(rows, len(fitting), page, size),
        dropped={} if fitting else _without_one(candidates, filters, now),
        last_start=max(starts, default=""),
        undated=undated.courses(),
    )


def year(filters: Filters, number: int, *, now: datetime, most: int = MOST_IN_YEAR) -> Year:
    """The offerings that begin in a year, those over and closed as well, but none cancelled."""
    items = _items()
    runs = _runs_where(
        Offering.state != OfferingState.CANCELLED.value,
        Offering.starts_on.between(date(number, 1, 1), date(number, 12, 31)),
    )
    every = _candidates(filters, runs, _mappings(), items)
    candidates = [each for each in every if each.runs]
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
    choices = _choices(candidates, items, filters, now)
    left = max(0, len(found) - most)
    return Year(**vars(choices), total=len(found), left=left, months=months)


def _choices(
    candidates: list[Candidate], items: dict[int, Item], filters: Filters, now: datetime
) -> Choices:
    runs = sorted((run for each in candidates for run in each.runs), key=lambda run: run.place)
    return Choices(
        counts={name: dict(rules.counts(candidates, filters, name, now)) for name in COUNTED},
        domains=_domains(items, {code for each in candidates for code in each.competencies}),
        places={run.place: run.venue for run in runs},
    )


def offerings(filters: Filters, *, now: datetime) -> list[Run]:
    """The offerings that fit, of all pages, the soonest first."""
    candidates = _candidates(filters, _runs(now), _mappings(), _items())
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


def _candidates(
    filters: Filters,
    runs: dict[int, list[Run]],
    mappings: dict[int, list[tuple[int, str]]],
    items: dict[int, Item],
) -> list[Candidate]:
    hits = search.find(finding.KIND, filters.q) if filters.q else None
    # Words without a letter or a digit ask for nothing.
    ranks = None if hits is None else {hit.id: hit.rank for hit in hits}
    query = (
        select(
            CourseVersion.id,
            CourseVersion.public_id,
            CourseVersion.titles,
            CourseVersion.mode,
            CourseVersion.languages,
            Course.code,
            Course.kind,
        )
        .join(CourseVersion.course)
        .where(CourseVersion.state == VersionState.PUBLISHED.value)
    )
    above = _codes_with_domain(items)
    return [
        Candidate(
            id=row.id,
            code=row.code,
            titles=row.titles,
            kind=row.kind,
            mode=row.mode,
            languages=frozenset(row.languages),
            competencies=frozenset(
                code for item_id, _ in mappings.get(row.id, ()) for code in above.get(item_id, ())
            ),
            assessed=sum(role == "assessed" for _, role in mappings.get(row.id, ())),
            runs=tuple(runs.get(row.id, ())),
            rank=0 if ranks is None else ranks.get(row.id),
            public_id=row.public_id,
        )
        for row in db.session.execute(query)
    ]


def _runs(now: datetime) -> dict[int, list[Run]]:
    # Of those one may still ask a seat of.
    return _runs_where(
        Offering.state.in_((OfferingState.PLANNED.value, OfferingState.OPEN.value)),
        Offering.closes_at >= now,
    )


def _runs_where(*conditions: ColumnElement[bool]) -> dict[int, list[Run]]:
    seats = case(
        (SeatPool.waiting > 0, 0),
        (SeatPool.capacity > SeatPool.taken, SeatPool.capacity - SeatPool.taken),
        else_=0,
    )
    query = (
        select(
            Offering.course_version_id,
            Offering.starts_on,
            Offering.ends_on,
            Offering.venue,
            Offering.state,
            Offering.opens_at,
            Offering.closes_at,
            func.coalesce(func.sum(SeatPool.capacity), 0),
            func.coalesce(func.sum(seats), 0),
            Offering.public_id,
        )
        .outerjoin(Offering.pools)
        .where(*conditions)
        .group_by(Offering.id)
        .order_by(Offering.starts_on, Offering.id)
    )
    found: dict[int, list[Run]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row[0]].append(Run(*row))
    return found


def _mappings() -> dict[int, list[tuple[int, str]]]:
    query = (
        select(CourseItemMap.course_version_id, CourseItemMap.item_id, CourseItemMap.role)
        .join(CourseVersion, CourseVersion.id == CourseItemMap.course_version_id)
        .where(CourseVersion.state == VersionState.PUBLISHED.value)
    )
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for version_id, item_id, role in db.session.execute(query):
        found[version_id].append((item_id, role))
    return found


def _items() -> dict[int, Item]:
    # Domains and units of the frameworks that courses are mapped to.
    used = select(Item.framework_id).join(CourseItemMap, CourseItemMap.item_id == Item.id)
    query = (
        select(Item)
        .where(Item.kind.in_(("Domain", "Unit")), Item.framework_id.in_(used))
        .order_by(Item.framework_id, Item.position, Item.id)
    )
    return {item.id: item for item in db.session.scalars(query)}


def _codes_with_domain(items: dict[int, Item]) -> dict[int, tuple[str, ...]]:
    by_identifier = {(item.framework_id, item.identifier): item for item in items.values()}
    found: dict[int, tuple[str, ...]] = {}
    for item in items.values():
        parent = (item.extra.get("parents") or [""])[0]
        domain = by_identifier.get((item.framework_id, parent))
        found[item.id] = (item.code,) if domain is None else (item.code, domain.code)
    return found


def _domains(items: dict[int, Item], used: set[str]) -> list[Domain]:
    found: dict[str, Domain] = {}
    codes = _codes_with_domain(items)
    for item in items.values():
        if item.kind == "Domain" and item.code in used:
            found.setdefault(item.code, Domain(item.code, item.statements, []))
    for item in items.values():
        domain = found.get(codes[item.id][-1])
        known = domain is not None and item.code in {code for code, _ in domain.units}
        if domain is not None and item.kind == "Unit" and item.code in used and not known:
            domain.units.append((item.code, item.statements))
    return list(found.values())


def _versions(ids: list[int]) -> dict[int, CourseVersion]:
    query = (
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(CourseVersion.id.in_(ids))
        .options(contains_eager(CourseVersion.course))
    )
    return {version.id: version for version in db.session.scalars(query)}
