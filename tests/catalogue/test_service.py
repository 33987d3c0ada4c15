"""Courses are frozen when published; offerings stand on frozen courses only."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.catalogue import queries, service
from lms.catalogue.kinds import CourseKind, ItemRole, StaffRole, VersionState
from lms.catalogue.models import ClassSession, SeatPool
from lms.db import db
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import OrganisationKind
from tests import make
from tests.make import (
    NOW,
    course_facts,
    fresh,
    item,
    make_assessment,
    make_course,
    make_criterion,
    make_offering,
    make_organisation,
    make_user,
    offering_facts,
)

pytestmark = pytest.mark.usefixtures("app")


def test_a_published_version_is_frozen() -> None:
    version = make_course()
    assert (version.state, version.published_at) == (VersionState.PUBLISHED, NOW)
    with pytest.raises(Conflict, match="course-version-frozen"):
        service.edit_draft(version, course_facts(), seen=version.row_version, by=None)
    with pytest.raises(Conflict, match="course-version-frozen"):
        service.map_item(version, item(), ItemRole.DEVELOPED, 2, by=None)
    with pytest.raises(Conflict, match="course-version-published"):
        make.publish(version)
    with pytest.raises(Conflict, match="course-version-frozen"):
        make_assessment(version)


def test_the_rubric_is_frozen_with_its_course() -> None:
    version = make_course(published=False)
    assessment = make_assessment(version)
    make_criterion(assessment, item())
    make.publish(version)
    with pytest.raises(Conflict, match="course-version-frozen"):
        make_criterion(assessment, item("SWX.SG.01"))


def test_a_draft_can_be_edited() -> None:
    version = make_course(published=False)
    facts = course_facts(minutes=60, certificate="completion")
    service.edit_draft(version, facts, seen=version.row_version, by=None)
    db.session.expire_all()
    assert (version.minutes, version.certificate, version.state) == (60, "completion", "draft")


def test_a_draft_without_title_is_not_published() -> None:
    version = make_course(published=False)
    version.titles = {"en": ""}
    with pytest.raises(Invalid, match="course-title-missing"):
        make.publish(version)
    assert version.state == VersionState.DRAFT


def test_competence_needs_something_assessed() -> None:
    version = make_course(published=False, certificate="competence")
    service.map_item(version, item(), ItemRole.DEVELOPED, 2, by=None)
    with pytest.raises(Invalid, match="course-assesses-nothing"):
        make.publish(version)


def test_what_is_assessed_needs_a_criterion_at_its_level() -> None:
    version = make_course(published=False, certificate="competence")
    service.map_item(version, item(), ItemRole.ASSESSED, 2, by=None)
    with pytest.raises(Invalid, match="course-item-not-assessed"):
        make.publish(version)
    assessment = make_assessment(version)
    make_criterion(assessment, item(), level=1)
    make_criterion(assessment, item("SWX.SG.01"), level=2)
    with pytest.raises(Invalid, match="course-item-not-assessed"):
        make.publish(version)
    assert version.state == VersionState.DRAFT
    make_criterion(assessment, item(), level=2)
    make.publish(version)
    assert version.state == VersionState.PUBLISHED


def test_a_statement_is_mapped_once() -> None:
    version = make_course(published=False)
    service.map_item(version, item(), ItemRole.INTRODUCED, 1, by=None)
    with pytest.raises(Conflict, match="item-mapped-already"):
        service.map_item(version, item(), ItemRole.ASSESSED, 2, by=None)
    db.session.expire_all()
    assert [(m.role, m.level, m.position) for m in version.mappings] == [("introduced", 1, 0)]


def test_mapping_is_audited_with_who_did_it() -> None:
    version, user = make_course(published=False), make_user()
    service.map_item(version, item(), ItemRole.INTRODUCED, 1, by=user.id)
    query = select(AuditEntry).where(AuditEntry.action == "catalogue.item.mapped")
    entry = db.session.scalars(query.where(AuditEntry.object_id == version.id)).one()
    assert (entry.actor_id, entry.details["item"]) == (user.id, item().code)


def test_a_code_is_unique_within_its_provider_only() -> None:
    one, other = make_organisation(), make_organisation()
    code = fresh("C")
    for provider in (one, other):
        service.create_course(provider, code, CourseKind.SHORT, course_facts(), by=None)
    with pytest.raises(Conflict, match="course-code-taken"):
        service.create_course(one, code, CourseKind.EVENT, course_facts(), by=None)


def test_a_draft_gets_no_offering() -> None:
    with pytest.raises(Conflict, match="course-not-published"):
        make_offering(make_course(published=False))


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacity": 0},
        {"days": 0},
        {"closes_at": NOW - timedelta(days=1)},
        {"closes_at": NOW - timedelta(days=1, seconds=1)},
    ],
)
def test_impossible_offerings_are_refused(wrong: dict[str, object]) -> None:
    version = make_course()
    facts = replace(offering_facts(), **wrong)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="offering-impossible"):
        service.create_offering(version, facts, by=None)
    assert queries.offerings_of(version) == []


def test_an_offering_code_is_unique_everywhere() -> None:
    facts = offering_facts()
    service.create_offering(make_course(), facts, by=None)
    with pytest.raises(Conflict, match="offering-code-taken"):
        service.create_offering(make_course(), facts, by=None)


def test_the_timetable_fills_the_days_in_the_providers_zone() -> None:
    offering = make_offering(days=2)
    assert (offering.starts_on, offering.ends_on) == (date(2027, 4, 5), date(2027, 4, 6))
    starts = [session.starts_at for session in queries.sessions_of(offering)]
    assert starts == [
        datetime(2027, 4, 5, 1, tzinfo=UTC),
        datetime(2027, 4, 5, 6, tzinfo=UTC),
        datetime(2027, 4, 6, 1, tzinfo=UTC),
        datetime(2027, 4, 6, 6, tzinfo=UTC),
    ]
    query = select(func.count(ClassSession.id)).where(ClassSession.offering_id == offering.id)
    assert db.session.scalar(query) == 4


def test_a_closed_offering_is_not_opened_again() -> None:
    offering = make_offering()
    service.close_offering(offering, by=None)
    with pytest.raises(Conflict, match="offering-closed"):
        service.open_offering(offering, by=None)
    assert offering.state == "closed"


def test_staff_are_named_once_in_an_offering() -> None:
    offering, user = make_offering(), make_user()
    assert not queries.is_staff(offering.id, user.id)
    service.add_staff(offering, user, StaffRole.TRAINER, by=None)
    with pytest.raises(Conflict, match="staff-already"):
        service.add_staff(offering, user, StaffRole.ASSESSOR, by=None)
    assert queries.is_staff(offering.id, user.id)
    assert not queries.is_staff(make_offering().id, user.id)
    assert not queries.is_staff(offering.id, None)


def test_drafts_and_offerings_are_listed_for_their_own_tree() -> None:
    """Siblings with a longer number are no children: /1/ and /12/ differ."""
    top = make_organisation(kind=OrganisationKind.PROVIDER)
    below = make_organisation(parent=top)
    other = make_organisation()
    drafts = [make_course(each, published=False) for each in (top, below, other)]
    offerings = [make_offering(make_course(each)) for each in (top, below, other)]
    assert {v.id for v in queries.drafts((top.path,))} == {drafts[0].id, drafts[1].id}
    assert [v.id for v in queries.drafts((below.path,))] == [drafts[1].id]
    assert [o.id for o in queries.offerings_under((below.path,))] == [offerings[1].id]
    assert queries.drafts(()) == []
    assert queries.offerings_under(()) == []


def test_two_editors_of_a_draft_do_not_overwrite_each_other() -> None:
    version = make_course(published=False)
    seen = version.row_version
    service.edit_draft(version, course_facts(minutes=60), seen=seen, by=None)
    assert version.row_version == seen + 1
    with pytest.raises(Conflict, match="stale"):
        service.edit_draft(version, course_facts(minutes=120), seen=seen, by=None)
    assert version.minutes == 60


def test_seats_are_free_only_when_nobody_waits() -> None:
    assert SeatPool(capacity=5, taken=3, waiting=0).free == 2
    assert SeatPool(capacity=3, taken=5, waiting=0).free == 0
    assert SeatPool(capacity=5, taken=3, waiting=1).free == 0
