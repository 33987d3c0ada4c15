"""Admitting by address tells nobody which addresses have accounts."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.catalogue.models import Offering
from lms.db import db, transaction
from lms.enrolment import promising, queries
from lms.enrolment.models import Enrolment, Promise
from lms.kernel import clock, sealed_text
from lms.kernel.errors import Conflict, NotFound
from lms.mail.models import MailMessage
from lms.people.models import RoleGrant, User
from tests.conftest import signed_in
from tests.make import make_manager, make_offering, make_place, make_user

WHY = "Ten years abroad"
House = tuple[Offering, User, FlaskClient]


@pytest.fixture
def house(app: Flask) -> House:
    with transaction():
        offering = make_offering(capacity=5)
        now = clock.now()
        offering.opens_at, offering.closes_at = now - timedelta(days=1), now + timedelta(days=60)
        manager = make_manager(offering.course_version.course.provider)
    return offering, manager, signed_in(app, manager.email)


def admit(house: House, email: str) -> tuple[int, str, str]:
    """What the manager is told: status, where to, and in which words."""
    offering, _, visitor = house
    data = {"email": email, "pool": offering.pools[0].public_id, "reason": WHY}
    answer = visitor.post(f"/offerings/{offering.public_id}/admit?lang=en", data=data)
    page = visitor.get(answer.location).text if answer.location else answer.text
    told = re.findall(r'<div class="notice[^>]*>(.*?)</div>|<p class="notice[^>]*>(.*?)</p>', page)
    return answer.status_code, answer.location, str(told)


def link_to(email: str) -> str:
    query = select(MailMessage.text).where(
        MailMessage.kind == "enrolment/promise", MailMessage.address == email
    )
    found = re.search(r"https?://[^/\s]+(/offerings/\S+)", db.session.scalars(query).one())
    assert found is not None
    return found[1]


def test_an_address_without_account_and_one_that_is_strange_are_answered_alike(
    house: House,
) -> None:
    with transaction():
        strange, closed = make_user("Strange"), make_user("Closed")
        closed.is_active = False
        addresses = ["nobody@test.example", strange.email, closed.email]
    assert len({admit(house, each) for each in addresses}) == 1
    here = select(func.count(Enrolment.id)).where(Enrolment.offering_id == house[0].id)
    assert db.session.scalar(here) == 0
    sent = select(MailMessage.address).where(MailMessage.kind == "enrolment/promise")
    assert sorted(db.session.scalars(sent)) == sorted(addresses)
    noted = select(AuditEntry.details).where(AuditEntry.action == "enrolment.promised")
    assert list(db.session.scalars(noted)) == [{"reason": WHY}] * 3


def test_whom_the_provider_knows_is_admitted_at_once(house: House) -> None:
    offering, _, _ = house
    provider = offering.course_version.course.provider
    with transaction():
        served, own = make_user("Served"), make_user("Own", organisation=provider)
        make_place(make_offering(offering.course_version), served)
    for each in (served, own):
        status, location, _ = admit(house, each.email)
        place = queries.active_enrolment(offering.id, each.id)
        assert place is not None
        assert (status, location) == (302, f"/places/{place.public_id}")
        assert place.admitted_because == WHY


def test_the_link_gives_the_place_to_who_has_the_address(house: House, app: Flask) -> None:
    offering, manager, _ = house
    with transaction():
        person, other = make_user("Strange"), make_user("Other")
    admit(house, person.email)
    address = link_to(person.email)
    path, _, promise = address.partition("?promise=")
    assert signed_in(app, other.email).get(address).status_code == 404
    visitor = signed_in(app, person.email)
    assert visitor.get(path).status_code == 404
    assert visitor.get(f"{address}x").status_code == 404
    strange = {"promise": promise, "state": "confirmed"}
    assert visitor.post(path, data=strange).status_code == 422
    page = visitor.get(f"{address}&lang=en")
    assert (page.status_code, WHY in page.text) == (200, True)
    assert visitor.post(path, data={"promise": promise}).status_code == 302
    place = queries.active_enrolment(offering.id, person.id)
    assert place is not None
    assert (place.state, place.admitted_because) == ("confirmed", WHY)
    entry = select(AuditEntry.actor_id).where(AuditEntry.action == "enrolment.admitted")
    assert db.session.scalar(entry) == manager.id
    assert visitor.post(path, data={"promise": promise}).status_code == 409  # once


def promised(house: House, person: User) -> Promise:
    offering, manager, _ = house
    pool, now = offering.pools[0], clock.now()
    return promising.promise(offering, person.email, WHY, pool=pool, by=manager, now=now)


def test_a_link_is_of_its_offering_and_runs_out(house: House) -> None:
    offering, _, _ = house
    with transaction():
        person, other = make_user("Strange"), make_offering(offering.course_version)
        made = promised(house, person)
    assert promising.opened(made.public_id, offering, person) is made
    with pytest.raises(NotFound):
        promising.opened(made.public_id, other, person)
    over = made.until + timedelta(hours=1)
    with pytest.raises(Conflict, match="promise-over"):
        promising.keep(made, person, now=over)
    assert promising.standing([made], now=over) == {made.id: None}


def test_a_promise_is_listed_with_its_maker_and_withdrawn_for_a_reason(
    house: House, app: Flask
) -> None:
    offering, manager, visitor = house
    with transaction():
        person = make_user("Strange")
    admit(house, person.email)
    link = link_to(person.email)
    listed = visitor.get(f"/offerings/{offering.public_id}/admit?lang=en").text
    assert all(word in listed for word in (person.email, manager.name, "Not taken yet"))
    (path,) = re.findall(r'href="(/offerings/\w+/promises/\w+/withdraw)"', listed)
    assert visitor.post(path, data={"reason": " "}).status_code == 422
    assert visitor.post(path, data={"reason": "Typed wrong"}).status_code == 302
    assert visitor.post(path, data={"reason": "Typed wrong"}).status_code == 409
    listed = visitor.get(f"/offerings/{offering.public_id}/admit?lang=en").text
    assert "Typed wrong" in listed
    assert path not in listed
    noted = select(AuditEntry.actor_id, AuditEntry.details).where(
        AuditEntry.action == "enrolment.promise.withdrawn"
    )
    assert db.session.execute(noted).one() == (manager.id, {"reason": "Typed wrong"})
    mails = select(MailMessage.text).where(MailMessage.kind == "enrolment/promise_withdrawn")
    assert "Typed wrong" in db.session.scalars(mails).one()
    asked = signed_in(app, person.email)
    assert "withdrawn" in asked.get(f"{link}&lang=en").text
    proof = link.partition("?promise=")[2]
    answer = asked.post(link, data={"promise": proof})
    assert (answer.status_code, queries.active_enrolment(offering.id, person.id)) == (409, None)


def test_a_promise_whose_maker_lost_the_role_is_not_honoured_and_managers_see_it(
    house: House, app: Flask
) -> None:
    offering, manager, _ = house
    provider = offering.course_version.course.provider
    with transaction():
        person, other = make_user("Strange"), make_manager(provider)
    admit(house, person.email)
    link = link_to(person.email)
    with transaction():
        held = select(RoleGrant).where(RoleGrant.user_id == manager.id)
        db.session.delete(db.session.scalars(held).one())
    colleague = signed_in(app, other.email)
    desk = f"/offerings/{offering.public_id}?lang=en"
    assert "1 promise is not honoured" in colleague.get(desk).text  # before anybody asks
    data = {"promise": link.partition("?promise=")[2]}
    answer = signed_in(app, person.email).post(f"{link}&lang=en", data=data)
    assert (answer.status_code, "no place" in answer.text) == (409, True)
    assert queries.active_enrolment(offering.id, person.id) is None
    assert "1 promise is not honoured" in colleague.get(desk).text
    noted = select(AuditEntry.actor_id).where(AuditEntry.action == "enrolment.promise.void")
    assert list(db.session.scalars(noted)) == [None]  # nobody learns whose address it is
    page = colleague.get(f"/offerings/{offering.public_id}/admit?lang=en").text
    assert f"{manager.name} does not admit people to this course any more" in page


def test_a_promise_of_a_closed_account_is_not_honoured(house: House) -> None:
    with transaction():
        person = make_user("Strange")
        made = promised(house, person)
        house[1].is_active = False
        assert promising.keep(made, person, now=clock.now()) is None


def test_promises_and_their_addresses_are_forgotten(house: House) -> None:
    with transaction():
        made = promised(house, make_user("Strange"))
    kept = timedelta(days=promising.KEPT_DAYS)
    for now, left in ((made.until + kept, 1), (made.until + kept + timedelta(days=1), 0)):
        with transaction():
            promising.forget(now=now)
        assert db.session.scalar(select(func.count(Promise.id))) == left


@pytest.mark.parametrize("words", ["", "a", "ab", "abc", "Sebab: ஆம், 好 & =?#"])
def test_a_text_that_is_sealed_for_one_thing_opens_no_other(words: str) -> None:
    text = sealed_text.sealed({"a": 1, "b": words}, "one", "key")
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", text)  # an address has it as it is
    assert sealed_text.opened(text, "one", "key") == {"a": 1, "b": words}
    for wrong, purpose in ((text, "two"), ("", "one"), (text.replace(".", ".0"), "one")):
        assert sealed_text.opened(wrong, purpose, "key") is None
