"""Reads of programmes; a bounded number of statements each."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.catalogue import standing
from lms.catalogue.kinds import VersionState
from lms.catalogue.models import Course, CourseVersion
from lms.db import db
from lms.kernel.errors import NotFound
from lms.people.queries import under
from lms.programmes import rules
from lms.programmes.models import (
    Asked,
    Programme,
    ProgrammeCourse,
    ProgrammeGroup,
    ProgrammeState,
)
from lms.programmes.rules import Group, Part, Progress

Listed = list[tuple[Programme, int]]


@dataclass(frozen=True)
class Plan:
    """A programme with the published versions of its courses, by course id."""

    programme: Programme
    versions: dict[int, CourseVersion]

    @property
    def groups(self) -> list[Group]:
        """Its groups as the rules see them."""
        return [
            Group(Asked(group.asked), group.least, tuple(map(self._part, group.courses)))
            for group in self.programme.groups
        ]

    def _part(self, one: ProgrammeCourse) -> Part:
        version = self.versions.get(one.course_id)
        return Part(one.course_id, version.credit if version else None)


def published() -> Listed:
    """Programmes that everybody sees, with the number of their courses."""
    return _listed(Programme.state == ProgrammeState.PUBLISHED.value)


def of_providers(paths: tuple[str, ...]) -> Listed:
    """All programmes of providers under any of the paths."""
    return _listed(Programme.provider.has(under(paths)))


def _listed(which: object) -> Listed:
    query = (
        select(Programme, func.count(ProgrammeCourse.id))
        .outerjoin(ProgrammeCourse, ProgrammeCourse.programme_id == Programme.id)
        .where(which)  # type: ignore[arg-type]  # a condition
        .group_by(Programme.id)
        .order_by(Programme.code, Programme.id)
    )
    return [(programme, number) for programme, number in db.session.execute(query)]


def by_public_id(public_id: str) -> Programme:
    """A programme with provider, groups and courses; raises NotFound."""
    query = (
        select(Programme)
        .where(Programme.public_id == public_id)
        .options(
            joinedload(Programme.provider),
            selectinload(Programme.groups)
            .selectinload(ProgrammeGroup.courses)
            .joinedload(ProgrammeCourse.course),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def group_of(programme: Programme, public_id: str) -> ProgrammeGroup:
    """A group of this programme and of no other; raises NotFound."""
    for group in programme.groups:
        if group.public_id == public_id:
            return group
    raise NotFound


def plan(programme: Programme) -> Plan:
    """The programme with what the catalogue offers of it (one statement)."""
    ids = [one.course_id for group in programme.groups for one in group.courses]
    query = (
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(
            CourseVersion.course_id.in_(ids), CourseVersion.state == VersionState.PUBLISHED.value
        )
        .options(contains_eager(CourseVersion.course))
    )
    return Plan(programme, {one.course_id: one for one in db.session.scalars(query)})


def progress_of(found: Plan, user_id: int) -> Progress:
    """How far a person has come in it."""
    ids = [part.course_id for group in found.groups for part in group.parts]
    done = standing.completed(user_id, ids)
    return rules.progress(found.groups, found.programme.credits, done)


def courses_to_add(programme: Programme) -> list[CourseVersion]:
    """Published courses of the provider that are not in it yet, by code."""
    inside = select(ProgrammeCourse.course_id).where(ProgrammeCourse.programme_id == programme.id)
    query = (
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(
            Course.provider_id == programme.provider_id,
            CourseVersion.state == VersionState.PUBLISHED.value,
            Course.id.not_in(inside),
        )
        .options(contains_eager(CourseVersion.course))
        .order_by(Course.code)
    )
    return list(db.session.scalars(query))
