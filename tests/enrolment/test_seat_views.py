"""Nominations, applications, offers and seats over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.db import db, transaction
from lms.enrolment import agency_queries, queries, service
from lms.enrolment.models import Enrolment
from lms.kernel import clock
from lms.mail.models import MailMessage
from lms.people import queries as people_queries
from lms.people.models import User
from tests.conftest import SignIn
from tests.make import make_user

pytestmark = pytest.mark.usefixtures("app")


def user(key: str) -> User:
    found = people_queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def offering(code: str) -> Offering:
    found = catalogue_queries.offering_by_code(code)
    assert found is not None
    return found


def place(key: str, code: str) -> Enrolment:
    found = queries.active_enrolment(offering(code).id, user(key).id)
    assert found is not None
    return found


def mails_to(key: str) -> list[str]:
    query = select(MailMessage.subject).where(MailMessage.address == user(key).email)
    return list(db.session.scalars(query.order_by(MailMessage.id)))


def test_an_application_is_agreed_to_step_by_step_and_everybody_is_told(sign_in: SignIn) -> None:
    applicant = place("farid.ismail", "KES320-1")
    assert applicant.state == "applied"
    first, second = applicant.approvals
    coordinator, manager = sign_in("coordinator"), sign_in("manager")
    assert f"/approvals/{first.public_id}" in coordinator.get("/desk").text
    assert f"/approvals/{second.public_id}" not in manager.get("/desk").text
    assert manager.get(f"/approvals/{first.public_id}").status_code == 404
    assert sign_in("coordinator2").get(f"/approvals/{first.public_id}").status_code == 404
    before = len(mails_to("manager"))
    address = f"/approvals/{first.public_id}"
    assert coordinator.post(address, data={"decision": "yes"}).status_code == 302
    assert len(mails_to("manager")) == before + 1
    assert f"/approvals/{second.public_id}" in manager.get("/desk").text
    told = len(mails_to("farid.ismail"))
    manager.post(f"/approvals/{second.public_id}", data={"decision": "yes"})
    assert place("farid.ismail", "KES320-1").state == "confirmed"
    assert len(mails_to("farid.ismail")) == told + 1
    assert coordinator.post(address, data={"decision": "yes"}).status_code == 409


def test_a_refusal_without_a_reason_is_asked_again(sign_in: SignIn) -> None:
    (first, _) = place("farid.ismail", "KES320-1").approvals
    coordinator, address = sign_in("coordinator"), f"/approvals/{first.public_id}"
    assert coordinator.post(address, data={"decision": "no"}).status_code == 422
    assert coordinator.post(address, data={"decision": "perhaps"}).status_code == 422
    assert place("farid.ismail", "KES320-1").state == "applied"
    data = {"decision": "no", "reason": "Needed at the office"}
    assert coordinator.post(address, data=data).status_code == 302
    with pytest.raises(AssertionError):
        place("farid.ismail", "KES320-1")


def test_a_nominated_officer_answers(sign_in: SignIn) -> None:
    officer = place("siti.hajar", "KES320-1")
    visitor, address = sign_in("siti.hajar"), f"/places/{officer.public_id}/answer"
    assert sign_in("farid.ismail").post(address, data={"decision": "yes"}).status_code == 404
    assert visitor.post(address, data={"decision": "yes"}).status_code == 302
    assert place("siti.hajar", "KES320-1").state == "applied"  # the institute decides still
    assert [a.approver for a in place("siti.hajar", "KES320-1").approvals] == ["provider"]
    assert visitor.post(address, data={"decision": "no"}).status_code == 409


def nominate(visitor: FlaskClient, code: str, *officers: str, pool: str | None = None) -> int:
    data: dict[str, object] = {"officer": list(officers)}
    if pool is not None:
        data["pool"] = pool
    address = f"/offerings/{offering(code).public_id}/nominate?lang=en"
    return visitor.post(address, data=data).status_code


def test_a_coordinator_nominates_several_and_is_told_whom_not(sign_in: SignIn) -> None:
    visitor = sign_in("coordinator")
    mine = [
        one.user.public_id for one in agency_queries.officers(("/3/",), offering("PKK101-1"), "")
    ]
    assert nominate(visitor, "PKK101-1", *mine[:2]) == 302
    assert nominate(visitor, "PKK101-1", mine[0]) == 302
    page = visitor.get(f"/offerings/{offering('PKK101-1').public_id}/nominate?lang=en").text
    assert "enrolled in this offering already" in page
    nominated = select(Enrolment).where(Enrolment.offering_id == offering("PKK101-1").id)
    assert {one.state for one in db.session.scalars(nominated)} == {"nominated"}
    assert len(db.session.scalars(nominated).all()) == 2


def test_nobody_else_s_officers_can_be_nominated(sign_in: SignIn) -> None:
    stranger = user("budi").public_id
    assert nominate(sign_in("coordinator"), "PKK101-1", stranger) == 404
    assert nominate(sign_in("aisyah"), "PKK101-1", stranger) == 403
    assert nominate(sign_in("coordinator"), "PKK101-1") == 422


def test_a_hybrid_offering_asks_which_seat(sign_in: SignIn) -> None:
    visitor, hybrid = sign_in("budi"), offering("SIM2027-1")
    address = f"/offerings/{hybrid.public_id}/enrol"
    assert visitor.post(address).status_code == 422
    assert visitor.post(address, data={"pool": "nowhere"}).status_code == 422
    online = hybrid.pools[1]
    assert visitor.post(address, data={"pool": online.public_id}).status_code == 302
    assert place("budi", "SIM2027-1").pool_id == online.id


def test_more_seats_promote_and_fewer_must_be_meant(sign_in: SignIn) -> None:
    manager, small = sign_in("manager"), offering("PKK204-2")
    for key in ("budi", "aisyah", "priya"):
        with transaction():
            service.enrol(offering("PKK204-2"), user(key), by=None, now=clock.now())
    address = f"/offerings/{small.public_id}/seats/in_person"
    assert manager.get(address.replace("in_person", "online")).status_code == 404
    assert manager.post(address, data={"capacity": "1"}).status_code == 422
    assert manager.post(address, data={"capacity": "4"}).status_code == 302
    assert (place("aisyah", "PKK204-2").state, place("priya", "PKK204-2").state) == (
        "confirmed",
        "waiting",
    )
    assert manager.post(address, data={"capacity": "1", "over": "y"}).status_code == 302
    assert offering("PKK204-2").pools[0].over_capacity
    assert sign_in("trainer1").get(address).status_code == 403


def test_terms_are_set_once_an_agency(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    agency = people_queries.organisation_by_code("JKM")
    assert agency is not None
    address = f"/offerings/{offering('PKK101-1').public_id}/terms"
    data = {"organisation": agency.public_id, "quota": "5", "first": "y"}
    assert manager.post(address, data=data).status_code == 302
    (terms,) = agency_queries.terms_of(offering("PKK101-1"))
    assert (terms.quota, terms.rank) == (5, 0)
    assert manager.post(address, data=data).status_code == 422


def test_a_reason_for_giving_up_stands_in_the_history(sign_in: SignIn) -> None:
    trainee = place("siti.hajar", "PKK204-2")
    visitor = sign_in("siti.hajar")
    visitor.post(f"/places/{trainee.public_id}/withdraw", data={"reason": "A flood at home"})
    page = sign_in("manager").get(f"/places/{trainee.public_id}").text
    assert "A flood at home" in page
    assert "A flood at home" not in visitor.get(f"/places/{trainee.public_id}").text


def test_lists_of_the_agency_cost_the_same_at_any_length(
    sign_in: SignIn, count_statements: Callable[[], Any]
) -> None:
    visitor = sign_in("coordinator")
    address = f"/offerings/{offering('PKK101-1').public_id}/nominate"
    with count_statements() as few:
        visitor.get(address)
    home = people_queries.organisation_by_code("JKM")
    for _ in range(30):
        make_user(organisation=home)
    db.session.commit()
    with count_statements() as many:
        visitor.get(address)
    assert len(many) == len(few)
