"""What the catalogue has: every published course with its offerings, read as plain values."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select

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
class Stock:
    """Published courses, and the topics of the frameworks they are mapped to, in order."""

    candidates: tuple[Candidate, ...]
    topics: tuple[Topic, ...]


def ahead(now: datetime) -> Stock:
    """With the offerings of which one may still ask a seat."""
    return _read(
        Offering.state.in_((OfferingState.PLANNED.value, OfferingState.OPEN.value)),
        Offering.closes_at >= now,
    )


def of_year(number: int) -> Stock:
    """With the offerings that begin in a year, those over and closed as well; none cancelled."""
    return _read(
        Offering.state != OfferingState.CANCELLED.value,
        Offering.starts_on.between(date(number, 1, 1), date(number, 12, 31)),
    )


def _read(*conditions: ColumnElement[bool]) -> Stock:
    topics = _topics()
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
    above = {topic.id: topic.codes for topic in topics}
    runs, mappings = _runs(*conditions), _mappings()
    found = (
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
            rank=0,
            public_id=row.public_id,
        )
        for row in db.session.execute(query)
    )
    return Stock(tuple(found), topics)


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
