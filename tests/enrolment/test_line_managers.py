"""The line manager agrees first, if there is one; and line manager and agency are told."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import select

from lms.catalogue.models import Offering
from lms.db import db, transaction
from lms.enrolment import agency_queries, notices, queries, service
from lms.enrolment.models import Approval, Enrolment
from lms.enrolment.permissions import decides
from lms.enrolment.states import State
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Actor, Role
from lms.mail.models import MailMessage
from lms.notices import queries as notices_queries
from lms.people import membership
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import Organisation, User
from tests.conftest import SignIn, signed_in
from tests.make import NOW, make_offering, make_organisation, make_user

pytestmark = pytest.mark.usefixtures("app")


def agency() -> tuple[Organisation, User, User, User]:
    """An agency with a coordinator, a head of office and an officer who reports to them."""
    office = make_organisation()
    coordinator, head, officer = (
        make_user(name, organisation=office) for name in ("Coordinator", "Head", "Officer")
    )
    people_service.grant_role(coordinator, Role.AGENCY_COORDINATOR, office, by=None)
    membership.set_line_manager(officer, head.email, by=coordinator.id)
    return office, coordinator, head, officer


def asking(*approvers: str) -> Offering:
    offering = make_offering()
    offering.approvals = list(approvers)
    db.session.flush()
    return offering


def apply(officer: User, *approvers: str) -> Enrolment:
    return service.enrol(asking(*approvers), officer, by=officer.id, now=NOW)


def steps(place: Enrolment) -> list[str]:
    return [each.approver for each in place.approvals]


def waiting_for(user: User) -> list[Approval]:
    actor = people_queries.actor_of(user)
    return agency_queries.approvals_waiting(
        actor.paths(Role.AGENCY_COORDINATOR), actor.paths(Role.COURSE_MANAGER), user.id
    )


def told(user: User, kind: str) -> list[str]:
    query = select(MailMessage.subject).where(
        MailMessage.address == user.email, MailMessage.kind == kind
    )
    return list(db.session.scalars(query.order_by(MailMessage.id)))


def test_the_line_manager_is_asked_before_all_others_and_nobody_else_decides() -> None:
    _, coordinator, head, officer = agency()
    place = apply(officer, "provider", "agency", "line_manager")
    assert steps(place) == ["line_manager", "agency", "provider"]
    (mine,) = waiting_for(head)
    assert mine is place.approvals[0]
    assert waiting_for(coordinator) == []
    actors = {user: people_queries.actor_of(user) for user in (head, coordinator, officer)}
    assert {user.name for user, actor in actors.items() if decides(actor, mine)} == {"Head"}
    assert len(told(head, "enrolment/approval")) == 1
    assert told(coordinator, "enrolment/approval") == []
    service.approve(mine, by=head.id, now=NOW)
    assert waiting_for(head) == []
    assert waiting_for(coordinator) == [place.approvals[1]]
    assert len(told(coordinator, "enrolment/approval")) == 1


def test_where_no_line_manager_is_known_the_agency_is_asked_once() -> None:
    _, _, _, officer = agency()
    membership.set_line_manager(officer, "", by=None)
    assert steps(apply(officer, "line_manager")) == ["agency"]
    assert steps(apply(officer, "line_manager", "agency", "provider")) == ["agency", "provider"]
    assert apply(make_user(), "line_manager").state == State.CONFIRMED  # belongs to no agency


@pytest.mark.parametrize("how", ["closed", "unknown"])
def test_the_agency_decides_for_a_line_manager_who_is_gone(how: str) -> None:
    _, coordinator, head, officer = agency()
    place = apply(officer, "line_manager")
    if how == "closed":
        head.is_active = False
    else:
        membership.set_line_manager(officer, "", by=None)
    db.session.flush()
    assert decides(people_queries.actor_of(coordinator), place.approvals[0])
    assert waiting_for(coordinator) == [place.approvals[0]]
    assert not decides(people_queries.actor_of(head), place.approvals[0])


def test_a_nomination_needs_neither() -> None:
    _, coordinator, _, officer = agency()
    offering = asking("line_manager", "agency")
    place = service.nominate(offering, officer, by=coordinator.id, now=NOW)
    service.accept(place, by=officer.id, now=NOW)
    assert (place.state, steps(place)) == (State.CONFIRMED, [])


def test_who_may_be_a_line_manager() -> None:
    office, coordinator, head, officer = agency()
    below = make_organisation(parent=office)
    deputy = make_user("Deputy", organisation=below)
    stranger = make_user("Stranger", organisation=make_organisation())
    closed = make_user("Closed", organisation=office)
    closed.is_active = False
    for wrong in (officer.email, stranger.email, closed.email, "nobody@test.example"):
        with pytest.raises(Invalid) as refused:
            membership.set_line_manager(officer, wrong, by=coordinator.id)
        assert refused.value.fields == {"manager": "line-manager-unknown"}
    assert officer.line_manager is head
    membership.set_line_manager(officer, deputy.email.upper(), by=coordinator.id)
    assert officer.reports_to is deputy
    membership.move(officer, below, by=None)
    assert officer.reports_to is deputy
    membership.move(officer, None, by=None)
    assert officer.line_manager is None


@pytest.mark.parametrize(
    ("copies", "names"),
    [
        ([], set()),
        (["line_manager"], {"Head"}),
        (["agency"], {"Coordinator"}),
        (["line_manager", "agency"], {"Head", "Coordinator"}),
    ],
)
def test_copies_go_to_whom_the_offering_says(copies: list[str], names: set[str]) -> None:
    _, coordinator, head, officer = agency()
    offering = asking("provider")
    offering.copies = copies
    service.enrol(offering, officer, by=officer.id, now=NOW)
    copied = {user.name for user in (coordinator, head) if told(user, "enrolment/copy")}
    assert copied == names
    assert told(officer, "enrolment/copy") == []
    assert len(told(officer, "enrolment/place")) == 1


def test_nobody_is_told_twice_nor_a_copy_of_what_they_are_told_themselves() -> None:
    _, coordinator, _, officer = agency()
    membership.set_line_manager(officer, coordinator.email, by=None)
    offering = asking("provider")
    offering.copies = ["line_manager", "agency"]
    service.enrol(offering, officer, by=officer.id, now=NOW)
    service.enrol(offering, coordinator, by=coordinator.id, now=NOW)
    subjects = told(coordinator, "enrolment/copy")
    assert len(subjects) == 1
    assert "Officer" in subjects[0]


def test_a_line_manager_without_a_role_decides_in_the_browser(app: Flask) -> None:
    with transaction():
        _, _, head, officer = agency()
        place = apply(officer, "line_manager")
        approval_id = place.approvals[0].public_id
    desk = signed_in(app, head.email)
    assert f"/approvals/{approval_id}" in desk.get("/desk?lang=en").text
    page = desk.get(f"/approvals/{approval_id}?lang=en").text
    assert "Application of Officer" in page
    assert "The line manager" in page
    stranger = signed_in(app, make_user("Stranger").email)
    assert stranger.get(f"/approvals/{approval_id}").status_code == 404
    own = signed_in(app, officer.email)
    assert own.post(f"/approvals/{approval_id}", data={"decision": "yes"}).status_code == 404
    answer = desk.post(f"/approvals/{approval_id}", data={"decision": "yes"})
    assert answer.status_code == 302
    assert queries.by_public_id(place.public_id).state == State.CONFIRMED


def test_a_coordinator_names_the_line_manager(sign_in: SignIn) -> None:
    desk, officer = sign_in("coordinator"), person("aisyah")
    address = f"/members/{officer.public_id}/service?lang=en"
    wrong = desk.post(address, data={"since": "2015-02-01", "manager": "manager@sijil.example"})
    assert wrong.status_code == 422
    assert "Nobody else of this organisation" in wrong.text
    assert person("aisyah").serving_since is None  # nothing of it is saved
    right = {"since": "2015-02-01", "manager": "coordinator@sijil.example"}
    assert desk.post(address, data=right).status_code == 302
    assert "coordinator@sijil.example" in desk.get(address).text
    assert person("aisyah").line_manager is person("coordinator")


def person(key: str) -> User:
    found = people_queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def test_copies_are_set_on_the_page_of_messages(app: Flask) -> None:
    with transaction():
        offering = make_offering()
        manager = make_user("Manager")
        provider = offering.course_version.course.provider
        people_service.grant_role(manager, Role.COURSE_MANAGER, provider, by=None)
    desk, address = signed_in(app, manager.email), f"/offerings/{offering.public_id}/messages"
    assert (
        desk.post(address, data={"days": "2", "copies": ["agency", "line_manager"]}).status_code
        == 302
    )
    db.session.expire_all()
    assert (offering.copies, offering.remind_days) == (["line_manager", "agency"], 2)
    assert desk.post(address, data={"days": "2", "copies": "everybody"}).status_code == 422
    assert desk.post(address, data={"days": "2"}).status_code == 302
    db.session.expire_all()
    assert offering.copies == []


def test_nobody_stands_in_for_nobody() -> None:
    _, _, _, officer = agency()
    place = apply(officer, "line_manager")
    assert not decides(Actor(), place.approvals[0])


def test_others_agencies_hear_nothing_of_it() -> None:
    _, coordinator, _, officer = agency()
    _, other, _, _ = agency()
    place = apply(officer, "line_manager")
    membership.set_line_manager(officer, "", by=None)
    assert waiting_for(coordinator) == [place.approvals[0]]
    assert waiting_for(other) == []
    paths = people_queries.actor_of(other).paths(Role.AGENCY_COORDINATOR)
    assert notices_queries.to_decide(paths) == []  # what the weekly mail speaks of


def test_whoever_became_their_own_line_manager_has_none() -> None:
    """As after a merge of the two accounts: the agency decides, in the list and at the door."""
    _, coordinator, head, officer = agency()
    place = apply(officer, "line_manager")
    officer.line_manager_id = officer.id
    db.session.flush()
    db.session.expire(officer)
    assert waiting_for(coordinator) == [place.approvals[0]]
    assert waiting_for(officer) == waiting_for(head) == []
    assert decides(people_queries.actor_of(coordinator), place.approvals[0])


def test_copies_tell_what_the_person_did_themselves_and_no_reminder() -> None:
    _, _, head, officer = agency()
    offering = asking()
    offering.copies = ["line_manager"]
    place = service.enrol(offering, officer, by=officer.id, now=NOW)
    notices.tell(place, notices.REMINDER, kind="notices/reminder")
    service.withdraw(place, by=officer.id, now=NOW)
    assert len(told(head, "enrolment/copy")) == 2
    assert told(officer, "enrolment/place") == []


def test_what_waits_is_taken_away_as_it_is_shown(sign_in: SignIn) -> None:
    with transaction():
        office, _, head, officer = agency()
        officer.name = "=Evil()"
        place = apply(officer, "line_manager")
        title, code = place.offering.course_version.titles["en"], place.approvals[0].public_id
        stranger = agency()[2].email
    visitor = sign_in(head.email)
    for address in ("/desk", "/approvals"):
        page = visitor.get(f"{address}?lang=en").text
        assert f"/approvals/{code}" in page
        assert "/approvals?as=csv" in page
        assert "/approvals?as=xlsx" in page
    answer = visitor.get("/approvals?as=csv&lang=en")
    assert answer.mimetype == "text/csv"
    head_row, row = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert head_row == ["Officer", "Office", "Course", "First day", "Last day", "Asked on"]
    first, last = place.offering.starts_on, place.offering.ends_on
    assert row[:5] == ["'=Evil()", office.name, title, str(first), str(last)]
    assert visitor.get("/approvals?as=xlsx").get_data()[:2] == b"PK"
    nothing = sign_in(stranger).get("/approvals?lang=en")
    assert (nothing.status_code, "Nothing waits for you" in nothing.text) == (200, True)
