"""Reads of undated offerings and of who is interested; a bounded number of statements each."""

from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.catalogue.kinds import OfferingState, VersionState
from lms.catalogue.models import Course, CourseVersion, Offering
from lms.db import db
from lms.demand.models import Interest, UndatedOffering, UndatedState
from lms.kernel.errors import NotFound
from lms.people.models import User
from lms.people.queries import under

_COLLECTING = UndatedOffering.state == UndatedState.COLLECTING.value
_MOST = 100


def by_public_id(public_id: str) -> UndatedOffering:
    """An undated offering with course and provider; raises NotFound."""
    query = (
        select(UndatedOffering)
        .where(UndatedOffering.public_id == public_id)
        .options(joinedload(UndatedOffering.course).joinedload(Course.provider))
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def courses() -> set[int]:
    """The ids of the courses that collect interest."""
    return set(db.session.scalars(select(UndatedOffering.course_id).where(_COLLECTING).distinct()))


def collecting_of(course_id: int) -> list[tuple[UndatedOffering, int]]:
    """What collects interest for a course, oldest first, each with the people it counts."""
    return _rows(_counted().where(UndatedOffering.course_id == course_id))


def collecting_under(
    paths: tuple[str, ...],
) -> list[tuple[UndatedOffering, CourseVersion | None, int]]:
    """The same for providers under any of the paths, with the published version of the course."""
    query = (
        _counted()
        .join(UndatedOffering.course)
        .join(Course.provider)
        .where(under(paths))
        .limit(_MOST)
    )
    rows = _rows(query)
    versions = _published({undated.course_id for undated, _ in rows})
    return [(undated, versions.get(undated.course_id), people) for undated, people in rows]


def _published(course_ids: set[int]) -> dict[int, CourseVersion]:
    query = select(CourseVersion).where(
        CourseVersion.course_id.in_(course_ids),
        CourseVersion.state == VersionState.PUBLISHED.value,
    )
    return {version.course_id: version for version in db.session.scalars(query)}


def _counted() -> Select[UndatedOffering, int]:
    return (
        select(UndatedOffering, func.coalesce(func.sum(Interest.people), 0))
        .outerjoin(Interest, Interest.undated_offering_id == UndatedOffering.id)
        .where(_COLLECTING)
        .group_by(UndatedOffering.id)
        .order_by(UndatedOffering.id)
    )


def _rows(query: Select[UndatedOffering, int]) -> list[tuple[UndatedOffering, int]]:
    return [(undated, int(people)) for undated, people in db.session.execute(query)]


def interested(undated: UndatedOffering) -> list[Interest]:
    """Everybody who is interested, with their agency, the first first."""
    query = (
        select(Interest)
        .where(Interest.undated_offering_id == undated.id)
        .options(
            joinedload(Interest.user).joinedload(User.organisation),
            joinedload(Interest.organisation),
        )
    )
    return list(db.session.scalars(query.order_by(Interest.id)))


def interest_of(undated: UndatedOffering, user_id: int | None) -> Interest | None:
    """What a person said."""
    query = select(Interest).where(
        Interest.undated_offering_id == undated.id, Interest.user_id == user_id
    )
    return db.session.scalar(query)


def of_person(user_id: int | None) -> list[tuple[Interest, CourseVersion | None]]:
    """What a person is interested in that has no dates yet, with the course as published."""
    query = (
        select(Interest)
        .join(Interest.undated_offering)
        .where(Interest.user_id == user_id, _COLLECTING)
        .options(contains_eager(Interest.undated_offering))
        .order_by(Interest.id)
        .limit(_MOST)
    )
    rows = list(db.session.scalars(query))
    versions = _published({each.undated_offering.course_id for each in rows})
    return [(each, versions.get(each.undated_offering.course_id)) for each in rows]


def offerings_to_name(undated: UndatedOffering, today: date) -> list[Offering]:
    """The open offerings of the course that are not over, soonest first."""
    query = (
        select(Offering)
        .join(Offering.course_version)
        .where(
            CourseVersion.course_id == undated.course_id,
            Offering.state == OfferingState.OPEN.value,
            Offering.ends_on >= today,
        )
        .order_by(Offering.starts_on, Offering.id)
    )
    return list(db.session.scalars(query.limit(_MOST)))
