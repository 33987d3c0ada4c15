"""Programmes that people complete, and the office that issues."""

from datetime import date, datetime
from decimal import Decimal

from lms.admissions import judging
from lms.admissions import service as admissions
from lms.assessment import queries as assessment_queries
from lms.catalogue.models import CourseVersion
from lms.certificates import keyring
from lms.certificates.basis import Office
from lms.certificates.models import Certificate
from lms.people.models import User
from lms.programmes import queries
from lms.programmes import service as programmes
from lms.programmes.models import Asked, Programme, ProgrammeState
from lms.web import running
from tests.admissions.making import make_application, make_intake
from tests.certificates.awards import attend, due_place, issue
from tests.make import (
    NOW,
    fresh,
    make_competence_course,
    make_course,
    make_offering,
    make_organisation,
    make_place,
    make_user,
)

TITLES = {
    "ms": "Diploma Kerja Sosial",
    "en": "Diploma in Social Work",
    "id": "Diploma Pekerjaan Sosial",
}


def make_programme(
    *versions: CourseVersion, credits_: str = "3", most_months: int | None = None
) -> Programme:
    """A published diploma of level 7 that asks for all of some courses."""
    facts = programmes.ProgrammeFacts("diploma", TITLES, {}, {}, Decimal(credits_), most_months, 7)
    provider = versions[0].course.provider
    programme = programmes.create(provider, fresh("P"), facts, by=None)
    group = programmes.add_group(programme, {"en": "Core"}, Asked.ALL, None, by=None)
    for version in versions:
        programmes.add_course(programme, group, version.course, 1, by=None)
    programmes.move(programme, ProgrammeState.PUBLISHED, by=None)
    return queries.by_public_id(programme.public_id)


def two_courses() -> tuple[CourseVersion, CourseVersion]:
    """Of one provider: one of attendance, one of competence, a credit and a half each."""
    provider = make_organisation()
    competence, _ = make_competence_course(provider=provider)
    return make_course(provider), competence


def complete(user: User, version: CourseVersion) -> Certificate:
    """The certificate of a course."""
    offering = make_offering(version)
    if version.certificate == "competence":
        return issue(due_place(offering, assessment_queries.assessments_of(version.id)[0], user))
    place = make_place(offering, user)
    attend(place)
    return issue(place)


def graduate(programme: Programme, name: str = "Graduate") -> User:
    """Somebody who has completed every course of it."""
    user = make_user(name)
    for group in programme.groups:
        for one in group.courses:
            complete(user, queries.plan(programme).versions[one.course_id])
    return user


def admit(programme: Programme, user: User, begins_on: date | None = None) -> None:
    """A place in the programme, applied for, offered and accepted."""
    call = make_intake(programme)
    call.begins_on = begins_on or call.begins_on
    application, by = make_application(call, user), call.members[0].user_id
    judging.recommend(application, by, admit=True, reason="Because", now=NOW)
    judging.offer(application, by=by, now=NOW)
    admissions.answer(application, takes=True, now=NOW)


def office(by: int | None = None, now: datetime = NOW) -> Office:
    """A registrar with the keys of the application under test."""
    ours = running.settings()
    registrar = by if by is not None else make_user("Registrar").id
    return Office(ours, keyring.ring(ours), registrar, now)
