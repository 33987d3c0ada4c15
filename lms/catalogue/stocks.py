"""What the catalogue has: every published course with its offerings, read as plain values."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import ColumnElement, case, func, select

from lms.catalogue import undated
from lms.catalogue.bitmaps import Index
from lms.catalogue.filters import Candidate, Run
from lms.catalogue.kinds import OfferingState, VersionState
from lms.catalogue.models import Course, CourseItemMap, CourseVersion, Offering, SeatPool
from lms.db import db
from lms.standards.models import Item


@dataclass(frozen=True)
class Topic:
    """A domain or unit of a framework; ``codes`` are its own and, last, that of its domain."""

    id: int
    code: str
    is_domain: bool
    statements: Mapping[str, str]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Domain:
    """A domain that published courses work on, with its units, as codes and statements."""

    code: str
    statements: Mapping[str, str]
    units: list[tuple[str, Mapping[str, str]]]


@dataclass(frozen=True)
class Stock:
    """Published courses by code, and the topics of the frameworks they are mapped to, in order.

    With the free seats of the moment in which it was read.
    """

    candidates: tuple[Candidate, ...]
    topics: tuple[Topic, ...]
    read_at: datetime

    @cached_property
    def index(self) -> Index:
        """Which courses have what."""
        return Index(self.candidates, self.read_at)

    @cached_property
    def places(self) -> dict[str, str]:
        """The venues by key, in order."""
        runs = (run for each in self.candidates for run in each.runs)
        return dict(sorted({run.place: run.venue for run in runs}.items()))

    @cached_property
    def last_start(self) -> str:
        """The month in which the last offering begins, like 2027-03; empty without any."""
        return max((run.month for each in self.candidates for run in each.runs), default="")

    @cached_property
    def domains(self) -> list[Domain]:
        """The domains and units that a course works on, in the order of their frameworks."""
        used = {code for each in self.candidates for code in each.competencies}
        asked = [each for each in self.topics if each.code in used]
        found: dict[str, Domain] = {}
        for each in asked:
            if each.is_domain:
                found.setdefault(each.code, Domain(each.code, each.statements, []))
        for each in asked:
            domain = found.get(each.codes[-1])
            known = domain is not None and each.code in {code for code, _ in domain.units}
            if domain is not None and not each.is_domain and not known:
                domain.units.append((each.code, each.statements))
        return list(found.values())


def ahead(now: datetime) -> Stock:
    """With the offerings of which one may still ask a seat."""
    return _read(
        now,
        undated.courses(),
        Offering.state.in_((OfferingState.PLANNED.value, OfferingState.OPEN.value)),
        Offering.closes_at >= now,
    )


def of_year(number: int, now: datetime) -> Stock:
    """Only courses with offerings that begin in a year: those over and closed as well."""
    found = _read(
        now,
        frozenset(),
        Offering.state != OfferingState.CANCELLED.value,
        Offering.starts_on.between(date(number, 1, 1), date(number, 12, 31)),
    )
    return replace(found, candidates=tuple(each for each in found.candidates if each.runs))


def _read(now: datetime, to_come: frozenset[int], *conditions: ColumnElement[bool]) -> Stock:
    query = (
        select(
            CourseVersion.id,
            CourseVersion.public_id,
            CourseVersion.titles,
            CourseVersion.summaries,
            CourseVersion.minutes,
            CourseVersion.cpd,
            CourseVersion.mode,
            CourseVersion.languages,
            CourseVersion.course_id,
            Course.code,
            Course.kind,
        )
        .join(CourseVersion.course)
        .where(CourseVersion.state == VersionState.PUBLISHED.value)
    )
    topics = _topics()
    above = {topic.id: topic.codes for topic in topics}
    runs, mappings = _runs(*conditions), _mappings()
    found = (
        Candidate(
            id=row.id,
            code=row.code,
            titles=row.titles,
            summaries=row.summaries,
            kind=row.kind,
            mode=row.mode,
            minutes=row.minutes,
            cpd=row.cpd,
            languages=frozenset(row.languages),
            competencies=frozenset(
                code for item_id, _ in mappings.get(row.id, ()) for code in above.get(item_id, ())
            ),
            assessed=sum(role == "assessed" for _, role in mappings.get(row.id, ())),
            runs=tuple(runs.get(row.id, ())),
            undated=row.course_id in to_come,
            public_id=row.public_id,
        )
        for row in db.session.execute(query)
    )
    by_code = sorted(found, key=lambda course: (course.code, course.id))
    return Stock(tuple(by_code), topics, now)


def _runs(*conditions: ColumnElement[bool]) -> dict[int, list[Run]]:
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


def _topics() -> tuple[Topic, ...]:
    used = select(Item.framework_id).join(CourseItemMap, CourseItemMap.item_id == Item.id)
    query = (
        select(Item.id, Item.framework_id, Item.identifier, Item.code, Item.kind)
        .add_columns(Item.statements, Item.extra)
        .where(Item.kind.in_(("Domain", "Unit")), Item.framework_id.in_(used))
        .order_by(Item.framework_id, Item.position, Item.id)
    )
    rows = db.session.execute(query).all()
    codes = {(row.framework_id, row.identifier): row.code for row in rows}
    found = []
    for row in rows:
        domain = codes.get((row.framework_id, (row.extra.get("parents") or [""])[0]))
        both = (row.code,) if domain is None else (row.code, domain)
        found.append(Topic(row.id, row.code, row.kind == "Domain", row.statements, both))
    return tuple(found)
