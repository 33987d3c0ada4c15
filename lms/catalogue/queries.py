"""Reads of courses and offerings; every list has a bounded number of statements."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.catalogue.kinds import OfferingState, VersionState
from lms.catalogue.models import (
    ClassSession,
    Course,
    CourseItemMap,
    CourseVersion,
    Offering,
    OfferingStaff,
)
from lms.db import db
from lms.kernel.errors import NotFound
from lms.people.queries import under


def course_version(public_id: str) -> CourseVersion:
    """A version with course, provider and mapping; raises NotFound."""
    query = (
        select(CourseVersion)
        .where(CourseVersion.public_id == public_id)
        .options(
            joinedload(CourseVersion.course).joinedload(Course.provider),
            selectinload(CourseVersion.mappings).joinedload(CourseItemMap.item),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def version_of_course(code: str) -> CourseVersion | None:
    """The published version of the course with a code."""
    query = (
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(Course.code == code, CourseVersion.state == VersionState.PUBLISHED.value)
        .order_by(CourseVersion.number.desc())
    )
    return db.session.scalar(query.limit(1))


def published_of(course_id: int) -> CourseVersion | None:
    """The version of a course that is offered."""
    return db.session.scalar(
        select(CourseVersion).where(
            CourseVersion.course_id == course_id,
            CourseVersion.state == VersionState.PUBLISHED.value,
        )
    )


def published_by(provider_id: int) -> list[CourseVersion]:
    """The published versions of a provider's courses, by code."""
    query = (
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(
            Course.provider_id == provider_id,
            CourseVersion.state == VersionState.PUBLISHED.value,
        )
        .options(contains_eager(CourseVersion.course))
        .order_by(Course.code, CourseVersion.id)
    )
    return list(db.session.scalars(query))


def newer_than(version: CourseVersion) -> CourseVersion | None:
    """The published version that has taken the place of an older one."""
    found = published_of(version.course_id)
    return found if found is not None and found.number > version.number else None


def older_running(version: CourseVersion, today: date) -> list[CourseVersion]:
    """Older versions of the course with offerings that are not over."""
    running = select(Offering.course_version_id).where(
        Offering.ends_on >= today, Offering.state != OfferingState.CANCELLED.value
    )
    query = select(CourseVersion).where(
        CourseVersion.course_id == version.course_id,
        CourseVersion.number < version.number,
        CourseVersion.id.in_(running),
    )
    return list(db.session.scalars(query.order_by(CourseVersion.number)))


def open_of(course_id: int) -> CourseVersion | None:
    """The version of a course that is written or reviewed."""
    states = (VersionState.DRAFT.value, VersionState.REVIEW.value)
    return db.session.scalar(
        select(CourseVersion).where(
            CourseVersion.course_id == course_id, CourseVersion.state.in_(states)
        )
    )


def last_number(course_id: int) -> int:
    """The number of a course's newest version."""
    query = select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course_id)
    return db.session.scalar(query) or 0


def predecessor(version: CourseVersion) -> CourseVersion | None:
    """The newest older version of the course that was published, with its mapping."""
    query = (
        select(CourseVersion)
        .where(
            CourseVersion.course_id == version.course_id,
            CourseVersion.number < version.number,
            CourseVersion.published_at.is_not(None),
        )
        .options(selectinload(CourseVersion.mappings).joinedload(CourseItemMap.item))
        .order_by(CourseVersion.number.desc())
    )
    return db.session.scalar(query.limit(1))


def drafts(provider_paths: tuple[str, ...]) -> list[CourseVersion]:
    """Drafts of providers under any of the paths."""
    return _in_state(VersionState.DRAFT, provider_paths)


def in_review(provider_paths: tuple[str, ...]) -> list[CourseVersion]:
    """What waits for a second person at providers under any of the paths."""
    return _in_state(VersionState.REVIEW, provider_paths)


def _in_state(state: VersionState, provider_paths: tuple[str, ...]) -> list[CourseVersion]:
    query = (
        select(CourseVersion)
        .join(CourseVersion.course)
        .join(Course.provider)
        .where(CourseVersion.state == state.value, under(provider_paths))
        .options(contains_eager(CourseVersion.course), joinedload(CourseVersion.sent_by))
        .order_by(Course.code, CourseVersion.id)
    )
    return list(db.session.scalars(query))


def offerings_of(version: CourseVersion) -> list[Offering]:
    """All offerings of a version, newest last."""
    query = select(Offering).where(Offering.course_version_id == version.id)
    return list(db.session.scalars(query.order_by(Offering.starts_on, Offering.id)))


def offering_by_public_id(public_id: str) -> Offering:
    """An offering with version, course and provider; raises NotFound."""
    query = (
        select(Offering)
        .where(Offering.public_id == public_id)
        .options(
            joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.provider)
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def offerings_by_public_ids(public_ids: list[str]) -> list[Offering]:
    """Some offerings with version and course, by date; what is not there is left out."""
    query = (
        select(Offering)
        .where(Offering.public_id.in_(public_ids))
        .options(joinedload(Offering.course_version).joinedload(CourseVersion.course))
        .order_by(Offering.starts_on, Offering.id)
    )
    return list(db.session.scalars(query))


def offering_by_code(code: str) -> Offering | None:
    """An offering by its code."""
    return db.session.scalar(select(Offering).where(Offering.code == code))


def sessions_of(offering: Offering) -> list[ClassSession]:
    """The class sessions as they follow each other; those that begin together by number."""
    query = select(ClassSession).where(ClassSession.offering_id == offering.id)
    return list(db.session.scalars(query.order_by(ClassSession.starts_at, ClassSession.position)))


def staff_of(offering: Offering) -> list[OfferingStaff]:
    """Who teaches and assesses."""
    query = (
        select(OfferingStaff)
        .where(OfferingStaff.offering_id == offering.id)
        .options(joinedload(OfferingStaff.user))
    )
    return list(db.session.scalars(query.order_by(OfferingStaff.id)))


def is_staff(offering_id: int, user_id: int | None) -> bool:
    """Whether a person teaches or assesses in an offering."""
    if user_id is None:
        return False
    query = select(OfferingStaff.id).where(
        OfferingStaff.offering_id == offering_id, OfferingStaff.user_id == user_id
    )
    return db.session.scalar(query) is not None


def offerings_for_staff(user_id: int) -> list[Offering]:
    """Offerings a person teaches in, newest first."""
    query = (
        select(Offering)
        .join(OfferingStaff, OfferingStaff.offering_id == Offering.id)
        .where(OfferingStaff.user_id == user_id)
        .options(joinedload(Offering.course_version).joinedload(CourseVersion.course))
        .order_by(Offering.starts_on.desc(), Offering.id)
    )
    return list(db.session.scalars(query.limit(100)))


def offerings_under(paths: tuple[str, ...]) -> list[Offering]:
    """Offerings of providers under any of the paths, newest first, at most a hundred."""
    query = (
        select(Offering)
        .join(Offering.course_version)
        .join(CourseVersion.course)
        .join(Course.provider)
        .where(under(paths))
        .options(contains_eager(Offering.course_version).contains_eager(CourseVersion.course))
        .order_by(Offering.starts_on.desc(), Offering.id)
    )
    return list(db.session.scalars(query.limit(100)))
