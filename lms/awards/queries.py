"""Reads of awards: who has come how far in a programme, and what was issued for it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from lms.admissions.models import Application, Intake
from lms.admissions.states import State as ApplicationState
from lms.awards import rules
from lms.catalogue.models import CourseVersion, Offering
from lms.certificates import holds
from lms.certificates.models import Certificate
from lms.certificates.rules import Due
from lms.certificates.states import IN_USE, State
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.kernel.paging import Page
from lms.people.models import User
from lms.printing.content import OF_PROGRAMMES
from lms.programmes import queries as programme_queries
from lms.programmes.models import Programme, ProgrammeState
from lms.programmes.queries import Listed, Plan
from lms.programmes.rules import Progress, progress

AT_ONCE = 100
"""People on a page, and in one request."""


@dataclass(frozen=True)
class Record:
    """What a person has done in a programme: the first certificate that stands, by course."""

    completed: dict[int, Certificate]
    progress: Progress
    admitted: bool | None
    began_on: date | None
    completed_on: date | None
    held: bool

    def standing(self, programme: Programme, kind: str) -> rules.Standing:
        """The same as the rules see it."""
        return rules.Standing(
            kind=kind,
            settled=programme.state != ProgrammeState.DRAFT.value,
            courses=len(self.completed),
            groups_met=bool(self.progress.met) and all(self.progress.met),
            credits_met=self.progress.credits >= programme.credits,
            admitted=self.admitted,
            began_on=self.began_on,
            completed_on=self.completed_on,
            most_months=programme.most_months,
            held=self.held,
        )


@dataclass(frozen=True)
class Candidate:
    """A person of a programme: how far, what is due, and what was issued, by kind."""

    user: User
    record: Record
    due: dict[str, Due]
    issued: dict[str, Certificate] = field(default_factory=dict)


def records(plan: Plan, user_ids: Collection[int]) -> dict[int, Record]:
    """What some people have done in a programme; as many statements at any number."""
    courses, programme = courses_of(plan), plan.programme
    completed = _completed(courses, user_ids)
    begins = _begins(programme.id, user_ids)
    admits = _takes_by_admission(programme.id)
    held = holds.held_in_courses(courses, user_ids)
    return {
        one: _record(
            plan,
            completed.get(one, {}),
            begins.get(one),
            admits=admits,
            held=held.get(one, frozenset()),
        )
        for one in user_ids
    }


def _record(
    plan: Plan,
    completed: dict[int, Certificate],
    begins: date | None,
    *,
    admits: bool,
    held: Collection[int],
) -> Record:
    offerings = {course: one.place.offering for course, one in completed.items()}
    first = min((one.starts_on for one in offerings.values()), default=None)
    days = {course: one.ends_on for course, one in offerings.items()}
    least = plan.programme.credits
    return Record(
        completed=completed,
        progress=progress(plan.groups, least, completed),
        admitted=begins is not None if admits else None,
        began_on=begins or first,
        completed_on=rules.completed_on(plan.groups, least, days),
        held=any(one.id in held for one in offerings.values()),
    )


def courses_of(plan: Plan) -> list[int]:
    """The courses of a programme, in its order."""
    return [part.course_id for group in plan.groups for part in group.parts]


def _completed(
    course_ids: Collection[int], user_ids: Collection[int]
) -> dict[int, dict[int, Certificate]]:
    query = (
        select(Certificate)
        .join(Certificate.enrolment)
        .join(Enrolment.offering)
        .join(Offering.course_version)
        .where(*_standing_in(course_ids), Certificate.user_id.in_(user_ids))
        .options(
            contains_eager(Certificate.enrolment)
            .contains_eager(Enrolment.offering)
            .contains_eager(Offering.course_version)
            .joinedload(CourseVersion.course)
        )
        .order_by(Offering.ends_on, Certificate.id)
    )
    found: dict[int, dict[int, Certificate]] = {}
    for one in db.session.scalars(query):
        course = one.place.offering.course_version.course_id
        found.setdefault(one.user_id, {}).setdefault(course, one)
    return found


def _standing_in(course_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    standing = Certificate.state == State.ISSUED.value
    return standing, CourseVersion.course_id.in_(course_ids)


def _takes_by_admission(programme_id: int) -> bool:
    query = select(Intake.id).where(Intake.programme_id == programme_id)
    return db.session.scalar(query.limit(1)) is not None


def _begins(programme_id: int, user_ids: Collection[int]) -> dict[int, date]:
    """When the studies of those who were admitted begin; the first of several intakes."""
    query = (
        select(Application.user_id, Intake.begins_on)
        .join(Application.intake)
        .where(*_admitted(programme_id), Application.user_id.in_(user_ids))
        .order_by(Intake.begins_on.desc())
    )
    return {row.user_id: row.begins_on for row in db.session.execute(query)}


def _admitted(programme_id: int) -> tuple[ColumnElement[bool], ...]:
    accepted = Application.state == ApplicationState.ACCEPTED.value
    return accepted, Intake.programme_id == programme_id


def in_use(programme_id: int, user_id: int, kind: str) -> Certificate | None:
    """The award or transcript of a person that is not withdrawn for good."""
    query = select(Certificate).where(
        Certificate.programme_id == programme_id,
        Certificate.user_id == user_id,
        Certificate.kind == kind,
        Certificate.state.in_([state.value for state in IN_USE]),
    )
    return db.session.scalar(query)


def candidates(plan: Plan, number: int, *, everybody: bool) -> Page[Candidate]:
    """One page of the people of a programme, by name; as many statements at any number.

    Those who were admitted, completed everything or hold something of it; ``everybody`` adds
    whoever has completed any of its courses.
    """
    people = _people(plan, everybody=everybody)
    shown = people[(number - 1) * AT_ONCE : number * AT_ONCE]
    rows = candidates_among(plan, [user_id for _, user_id in shown])
    return Page(rows, len(people), number, AT_ONCE)


def candidates_among(plan: Plan, user_ids: Collection[int]) -> list[Candidate]:
    """The same of some people, by name."""
    programme = plan.programme
    found, issued = records(plan, user_ids), _issued(programme.id, user_ids)
    users = db.session.scalars(
        select(User).where(User.id.in_(user_ids)).order_by(User.name, User.id)
    )
    return [
        Candidate(
            user,
            found[user.id],
            {
                kind: rules.is_due(found[user.id].standing(programme, kind))
                for kind in OF_PROGRAMMES
            },
            issued.get(user.id, {}),
        )
        for user in users
    ]


def _issued(programme_id: int, user_ids: Collection[int]) -> dict[int, dict[str, Certificate]]:
    """The last of each kind."""
    query = (
        select(Certificate)
        .where(Certificate.programme_id == programme_id, Certificate.user_id.in_(user_ids))
        .order_by(Certificate.version)
    )
    found: dict[int, dict[str, Certificate]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.user_id, {})[one.kind] = one
    return found


def _people(plan: Plan, *, everybody: bool) -> list[tuple[str, int]]:
    courses, programme = courses_of(plan), plan.programme
    completed: dict[tuple[str, int], set[int]] = {}
    query = (
        select(User.name, User.id, CourseVersion.course_id)
        .join(Certificate, Certificate.user_id == User.id)
        .join(Certificate.enrolment)
        .join(Enrolment.offering)
        .join(Offering.course_version)
        .where(*_standing_in(courses))
    )
    for name, user_id, course in db.session.execute(query):
        completed.setdefault((name, user_id), set()).add(course)
    admitted = (
        select(User.name, User.id)
        .join(Application, Application.user_id == User.id)
        .join(Application.intake)
        .where(*_admitted(programme.id))
    )
    holding = (
        select(User.name, User.id)
        .join(Certificate, Certificate.user_id == User.id)
        .where(Certificate.programme_id == programme.id)
    )
    begun = {(name, one) for name, one in db.session.execute(admitted.union(holding))}
    groups, least = plan.groups, programme.credits
    begun |= {
        who
        for who, done in completed.items()
        if everybody or progress(groups, least, done).complete
    }
    return sorted(begun)


def by_public_ids(public_ids: Collection[str]) -> list[User]:
    """People by the ids of a form, by name."""
    query = select(User).where(User.public_id.in_(public_ids)).order_by(User.name, User.id)
    return list(db.session.scalars(query))


def of_providers(paths: tuple[str, ...]) -> Listed:
    """Programmes of providers under the paths for which something can be issued."""
    return [
        (programme, courses)
        for programme, courses in programme_queries.of_providers(paths)
        if programme.state != ProgrammeState.DRAFT.value
    ]
