"""Leaving an agency: by oneself or by a coordinator; coordinators do not depose each other."""

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue import queries as catalogue_queries
from lms.db import db, transaction
from lms.enrolment import service as enrolment_service
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.mail.models import MailMessage
from lms.people import queries, service
from lms.people.models import RoleGrant, User
from tests.conftest import SignIn

pytestmark = pytest.mark.usefixtures("app")


def user(key: str) -> User:
    found = queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def coordinator_at(key: str, code: str) -> None:
    organisation = queries.organisation_by_code(code)
    assert organisation is not None
    with transaction():
        service.grant_role(user(key), Role.AGENCY_COORDINATOR, organisation, by=None)


def roles_of(key: str) -> list[str]:
    return list(db.session.scalars(select(RoleGrant.role).where(RoleGrant.user_id == user(key).id)))


def test_a_person_leaves(sign_in: SignIn) -> None:
    visitor = sign_in("siti.hajar")
    assert visitor.get("/account/leave").status_code == 200
    assert user("siti.hajar").organisation is not None
    assert visitor.post("/account/leave").status_code == 302
    assert user("siti.hajar").organisation is None
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.action == "people.membership.changed"
    assert entry.details["changes"] == {"organisation": ["JKM-SEL", None]}
    assert visitor.get("/account/leave").status_code == 302


def test_the_coordinator_sees_nothing_of_who_left(sign_in: SignIn) -> None:
    person = user("siti.hajar")
    offering = catalogue_queries.offering_by_code("KES110-1")
    assert offering is not None
    with transaction():
        place = enrolment_service.enrol(offering, person, by=person.id, now=clock.now())
        address = f"/places/{place.public_id}"
    coordinator, leaver = sign_in("coordinator"), sign_in("siti.hajar")
    assert person.name in coordinator.get("/agency").text
    assert coordinator.get(address).status_code == 200
    leaver.post("/account/leave")
    assert user("siti.hajar").name not in coordinator.get("/agency").text
    assert coordinator.get(address).status_code == 404
    assert leaver.get(address).status_code == 200


def test_a_coordinator_who_leaves_coordinates_no_longer(sign_in: SignIn) -> None:
    visitor = sign_in("coordinator")
    assert visitor.get("/members").status_code == 200
    visitor.post("/account/leave")
    assert roles_of("coordinator") == []
    assert visitor.get("/members").status_code == 403


def test_other_roles_stay(sign_in: SignIn) -> None:
    sign_in("manager").post("/account/leave")
    assert roles_of("manager") == ["course_manager"]


def test_a_coordinator_ends_a_membership(sign_in: SignIn) -> None:
    coordinator = sign_in("coordinator")
    address = f"/members/{user('siti.hajar').public_id}/end"
    assert coordinator.get(address).status_code == 200
    assert coordinator.post(address).status_code == 302
    assert user("siti.hajar").organisation is None
    assert coordinator.get(address).status_code == 404
    mail = db.session.scalars(select(MailMessage)).one()
    assert (mail.kind, mail.address) == ("people/membership_ended", "siti.hajar@sijil.example")


@pytest.mark.parametrize("whose", ["sukarni", "manager", "admin"])
def test_not_of_people_elsewhere(sign_in: SignIn, whose: str) -> None:
    address = f"/members/{user(whose).public_id}/end"
    assert sign_in("coordinator").post(address).status_code == 404
    assert user(whose).organisation is not None


def test_coordinators_do_not_depose_each_other(sign_in: SignIn) -> None:
    coordinator_at("siti.hajar", "JKM-SEL")
    address = f"/members/{user('siti.hajar').public_id}/end"
    assert sign_in("coordinator").post(address).status_code == 409
    assert roles_of("siti.hajar") == ["agency_coordinator"]
    assert sign_in("admin").post(address).status_code == 302
    assert roles_of("siti.hajar") == []


@pytest.mark.parametrize("who", ["aisyah", "manager", "registrar", "auditor", "trainer1"])
def test_members_are_for_coordinators(sign_in: SignIn, who: str) -> None:
    assert sign_in(who).get("/members").status_code == 403
