"""A request sent twice is done once and answered alike, over HTTP with real commits."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.catalogue import service as catalogue_service
from lms.db import db, transaction
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.jobs.port import SCHEDULES
from lms.kernel import clock
from lms.people import sessions
from lms.people.models import User
from lms.people.sessions import Origin
from lms.repeats import jobs
from lms.repeats.models import AnsweredRequest
from tests.enrolment.at_once import at_once
from tests.make import make_course, make_user, offering_facts, own_app

pytestmark = pytest.mark.heavy

KEY = "a-key-of-one-request"


@dataclass
class House:
    """Some people, each with a browser, and an offering with one seat."""

    app: Flask
    people: list[int]
    offering: str

    def browser(self, number: int) -> FlaskClient:
        client = self.app.test_client()
        with self.app.app_context(), transaction():
            user = db.session.get_one(User, self.people[number])
            _, secret = sessions.begin(user, Origin("127.0.0.1", "a test"), now=clock.now())
        with client.session_transaction() as cookie:
            cookie["_user_id"] = secret
        return client

    @property
    def enrol(self) -> str:
        return f"/offerings/{self.offering}/enrol"

    def places(self) -> list[tuple[int, str, int | None]]:
        with self.app.app_context():
            query = select(Enrolment.user_id, Enrolment.state, Enrolment.ticket)
            rows = db.session.execute(query.order_by(Enrolment.id)).all()
            return [(self.people.index(user), state, ticket) for user, state, ticket in rows]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with own_app("repeats", tmp_path) as app:
        with app.app_context(), transaction():
            now = clock.now()
            facts = offering_facts(
                capacity=1,
                opens_at=now - timedelta(days=1),
                closes_at=now + timedelta(days=1),
                starts_on=(now + timedelta(days=30)).date(),
            )
            offering = catalogue_service.create_offering(make_course(), facts, by=None)
            catalogue_service.open_offering(offering, by=None)
            people = [make_user().id for _ in range(3)]
            public_id = offering.public_id
        yield House(app, people, public_id)


def send(client: FlaskClient, path: str, key: str = KEY, **fields: str) -> TestResponse:
    return client.post(path, data=fields, headers={"Idempotency-Key": key, "Accept-Language": "en"})


def told(answer: TestResponse) -> tuple[int, str | None]:
    return answer.status_code, answer.location


def test_a_double_click_takes_one_seat_and_both_get_the_same_answer(house: House) -> None:
    browsers = [house.browser(0) for _ in range(6)]

    def click(browser: FlaskClient) -> str:
        return str(told(send(browser, house.enrol)))

    answers = at_once(house.app, [lambda each=each: click(each) for each in browsers])  # type: ignore[misc]
    assert len(set(answers)) == 1
    assert answers[0].startswith("(302, '/places/")
    assert house.places() == [(0, "confirmed", 1)]


def test_giving_up_twice_at_once_is_done_once_and_answered_alike(house: House) -> None:
    place = send(house.browser(0), house.enrol).location
    send(house.browser(1), house.enrol)
    browsers = [house.browser(0) for _ in range(6)]

    def click(browser: FlaskClient) -> str:
        return str(told(send(browser, f"{place}/withdraw", "another-key-of-one", reason="ill")))

    answers = at_once(house.app, [lambda each=each: click(each) for each in browsers])  # type: ignore[misc]
    assert set(answers) == {"(302, '/my-training')"}
    assert house.places() == [(0, "withdrawn", 1), (1, "confirmed", 2)]


def test_without_a_key_the_second_is_refused(house: House) -> None:
    browser = house.browser(0)
    place = browser.post(house.enrol).location
    assert browser.post(f"{place}/withdraw").status_code == 302
    assert browser.post(f"{place}/withdraw").status_code == 409


def test_a_retry_gets_the_answer_that_was_lost_whatever_happened_since(house: House) -> None:
    browser = house.browser(0)
    first = told(send(browser, house.enrol))
    place = first[1]
    assert send(browser, f"{place}/withdraw", "another-key-of-one").status_code == 302
    assert told(send(browser, house.enrol)) == first
    assert house.places() == [(0, "withdrawn", 1)]
    again = told(send(browser, house.enrol, "a-new-wish-of-the-person"))
    assert again[0] == 302
    assert again != first
    assert house.places() == [(0, "withdrawn", 1), (0, "confirmed", 2)]


def test_other_words_under_the_same_key_are_refused(house: House) -> None:
    browser = house.browser(0)
    place = send(browser, house.enrol).location
    first = send(browser, f"{place}/withdraw", "another-key-of-one", reason="ill")
    other = send(browser, f"{place}/withdraw?lang=en", "another-key-of-one", reason="away")
    assert (first.status_code, other.status_code) == (302, 422)
    assert "sent before with other words" in other.text
    assert send(browser, f"{place}/withdraw").status_code == 422  # the key of another address


def test_the_key_of_another_person_is_no_key_of_mine(house: House) -> None:
    mine = told(send(house.browser(0), house.enrol))
    theirs = told(send(house.browser(1), house.enrol))
    assert theirs[0] == 302
    assert theirs != mine
    assert house.places() == [(0, "confirmed", 1), (1, "waiting", 2)]


def test_an_offer_is_answered_once(house: House) -> None:
    send(house.browser(0), house.enrol)
    with house.app.app_context(), transaction():
        place = db.session.scalars(select(Enrolment)).one()
        place.offering.offer_hours = 48
    waiting = send(house.browser(1), house.enrol).location
    with house.app.app_context(), transaction():
        place = db.session.scalars(select(Enrolment).where(Enrolment.state == "confirmed")).one()
        enrolment_service.withdraw(place, by=None, now=clock.now())
    browser = house.browser(1)
    answers = [
        send(browser, f"{waiting}/answer", "another-key-of-one", decision="yes") for _ in range(2)
    ]
    assert [told(each) for each in answers] == [(302, waiting)] * 2
    assert (
        send(browser, f"{waiting}/answer", "another-key-of-one", decision="no").status_code == 422
    )
    assert house.places() == [(0, "withdrawn", 1), (1, "confirmed", 2)]


def test_forms_carry_a_key_of_their_own_each_time(house: House) -> None:
    browser = house.browser(0)
    keys = [
        re.findall(r'name="request_key" value="([\w-]+)"', browser.get(house.enrol).text)
        for _ in range(2)
    ]
    assert [len(each) for each in keys] == [1, 1]
    assert keys[0] != keys[1]
    answers = [browser.post(house.enrol, data={"request_key": keys[0][0]}) for _ in range(2)]
    place = answers[0].location
    assert [told(each) for each in answers] == [(302, place)] * 2
    (key,) = re.findall(r'"request_key" value="([\w-]+)"', browser.get(f"{place}/withdraw").text)
    answers = [browser.post(f"{place}/withdraw", data={"request_key": key}) for _ in range(2)]
    assert [told(each) for each in answers] == [(302, "/my-training")] * 2


@pytest.mark.parametrize(
    "key", ["short", "x" * 65, "with blanks in the middle", "ключ-ключ-ключ-ключ"]
)
def test_what_is_no_key_is_refused(house: House, key: str) -> None:
    answer = house.browser(0).post(house.enrol, data={"request_key": key})
    assert answer.status_code == 422
    assert house.places() == []


def test_a_refused_deed_keeps_no_answer_and_may_be_tried_again(house: House) -> None:
    browser = house.browser(0)
    place = send(browser, house.enrol).location
    browser.post(f"{place}/withdraw")
    assert send(browser, f"{place}/withdraw", "another-key-of-one").status_code == 409
    with house.app.app_context():
        assert list(db.session.scalars(select(AnsweredRequest.key))) == [KEY]


def test_answers_are_forgotten_after_a_day(house: House) -> None:
    assert "repeats.forget" in SCHEDULES
    send(house.browser(0), house.enrol)
    send(house.browser(1), house.enrol, secrets.token_urlsafe(16))
    with house.app.app_context():
        with transaction():
            old = db.session.scalars(select(AnsweredRequest).order_by(AnsweredRequest.id)).first()
            assert old is not None
            old.created_at = clock.now() - timedelta(hours=25)
            kept = old.id + 1
        jobs.forget()
        assert list(db.session.scalars(select(AnsweredRequest.id))) == [kept]
