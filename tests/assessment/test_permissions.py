"""Who hands in, reads and marks, as the README states it; asked with objects that exist."""

import pytest
from flask import Flask

from lms.assessment.models import Submission
from lms.catalogue.kinds import StaffRole
from lms.catalogue.service import add_staff
from lms.kernel.permissions import NOBODY, Actor, Permission, Role, allowed
from lms.people import queries, service
from tests.make import (
    make_competence_course,
    make_offering,
    make_organisation,
    make_submission,
    make_user,
)

CREATE = Permission.ASSESSMENT_SUBMISSION_CREATE
READ = Permission.ASSESSMENT_SUBMISSION_READ
MARK = Permission.ASSESSMENT_SUBMISSION_MARK


@pytest.fixture
def work(app: Flask) -> Submission:
    del app
    version, assessment = make_competence_course()
    return make_submission(assessment, make_offering(version))


def author(work: Submission) -> Actor:
    return queries.actor_of(work.enrolment.user)


def with_role(work: Submission, role: Role, *, here: bool) -> Actor:
    """Somebody with a role at the provider of the work, or at another one."""
    provider = work.enrolment.offering.course_version.course.provider
    user = make_user()
    service.grant_role(user, role, provider if here else make_organisation(), by=None)
    return queries.actor_of(user)


def staff(work: Submission, *, here: bool) -> Actor:
    offering = work.enrolment.offering if here else make_offering()
    user = make_user()
    add_staff(offering, user, StaffRole.ASSESSOR, by=None)
    return queries.actor_of(user)


def test_only_the_person_of_a_place_hands_in(work: Submission) -> None:
    place = work.enrolment
    assert allowed(author(work), CREATE, place)
    others = [
        NOBODY,
        queries.actor_of(make_user()),
        staff(work, here=True),
        with_role(work, Role.COURSE_MANAGER, here=True),
    ]
    assert not any(allowed(actor, CREATE, place) for actor in others)
    assert not allowed(author(work), CREATE, work)


def test_the_author_reads_and_does_not_mark(work: Submission) -> None:
    assert allowed(author(work), READ, work)
    assert not allowed(author(work), MARK, work)
    add_staff(work.enrolment.offering, work.enrolment.user, StaffRole.TRAINER, by=None)
    assert not allowed(author(work), MARK, work)


def test_staff_mark_in_their_own_offering_only(work: Submission) -> None:
    ours, theirs = staff(work, here=True), staff(work, here=False)
    assert allowed(ours, MARK, work)
    assert allowed(ours, READ, work)
    assert not allowed(theirs, MARK, work)
    assert not allowed(theirs, READ, work)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reads_at_its_own_provider_and_never_marks(work: Submission, role: Role) -> None:
    reads = role in {Role.COURSE_MANAGER, Role.AUDITOR}
    assert allowed(with_role(work, role, here=True), READ, work) is reads
    assert not allowed(with_role(work, role, here=False), READ, work)
    assert not allowed(with_role(work, role, here=True), MARK, work)
