"""Admitting by address tells nobody which addresses have accounts."""

import re
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.catalogue.models import Offering
from lms.db import db, transaction
from lms.enrolment import promising, queries
from lms.enrolment.models import Enrolment
from lms.kernel import clock, sealed_text
from lms.kernel.errors import Conflict, NotFound
from lms.mail.models import MailMessage
from lms.people.models import User
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
    path, _, proof = address.partition("?proof=")
    assert signed_in(app, other.email).get(address).status_code == 404
    visitor = signed_in(app, person.email)
    assert visitor.get(path).status_code == 404
    assert visitor.get(f"{address}x").status_code == 404
    strange = {"proof": proof, "state": "confirmed"}
    assert visitor.post(path, data=strange).status_code == 422
    page = visitor.get(f"{address}&lang=en")
    assert (page.status_code, WHY in page.text) == (200, True)
    assert visitor.post(path, data={"proof": proof}).status_code == 302
    place = queries.active_enrolment(offering.id, person.id)
    assert place is not None
    assert (place.state, place.admitted_because) == ("confirmed", WHY)
    entry = select(AuditEntry.actor_id).where(AuditEntry.action == "enrolment.admitted")
    assert db.session.scalar(entry) == manager.id
    assert visitor.post(path, data={"proof": proof}).status_code == 409  # once


def test_a_link_is_of_its_offering_and_runs_out(house: House) -> None:
    offering, manager, _ = house
    with transaction():
        person = make_user("Strange")
        pool, now = offering.pools[0], clock.now()
        made = promising.promise(offering, person.email, WHY, pool=pool, by=manager, now=now)
        proof, other = promising.sealed(made, "key"), make_offering(offering.course_version)
    assert promising.opened(proof, offering, person, "key") == made
    said = proof.partition(".")[0]
    plain = urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
    assert offering.public_id in plain
    assert person.email_key not in plain, "a link stands in logs"
    for place, key in ((other, "key"), (offering, "another key")):
        with pytest.raises(NotFound):
            promising.opened(proof, place, person, key)
    with pytest.raises(Conflict, match="promise-over"):
        promising.keep(made, offering, person, now=now + timedelta(days=promising.DAYS, hours=1))


@pytest.mark.parametrize("words", ["", "a", "ab", "abc", "Sebab: ஆம், 好 & =?#"])
def test_a_text_that_is_sealed_for_one_thing_opens_no_other(words: str) -> None:
    text = sealed_text.sealed({"a": 1, "b": words}, "one", "key")
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", text)  # an address has it as it is
    assert sealed_text.opened(text, "one", "key") == {"a": 1, "b": words}
    for wrong, purpose in ((text, "two"), ("", "one"), (text.replace(".", ".0"), "one")):
        assert sealed_text.opened(wrong, purpose, "key") is None
