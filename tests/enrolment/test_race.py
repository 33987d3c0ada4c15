"""Many people at once, in real threads on a database of their own with real commits."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.catalogue.models import Offering
from lms.db import db, transaction
from lms.enrolment import service
from lms.enrolment.models import Enrolment
from lms.people.models import User
from tests.enrolment.at_once import at_once
from tests.make import NOW, make_offering, make_user, own_app

pytestmark = pytest.mark.heavy


@pytest.fixture
def committed(tmp_path: Path) -> Iterator[Flask]:
    with own_app("race", tmp_path) as app:
        yield app


def people_and_offering(app: Flask, people: int, seats: int) -> tuple[int, list[int]]:
    with app.app_context(), transaction():
        offering = make_offering(capacity=seats)
        users = [make_user() for _ in range(people)]
        return offering.id, [user.id for user in users]


def join(offering_id: int, user_id: int) -> Callable[[], str]:
    def deed() -> str:
        with transaction():
            offering = db.session.get_one(Offering, offering_id)
            user = db.session.get_one(User, user_id)
            return service.enrol(offering, user, by=user_id, now=NOW).state

    return deed


def leave(offering_id: int, user_id: int) -> Callable[[], str]:
    def deed() -> str:
        with transaction():
            query = select(Enrolment).where(
                Enrolment.offering_id == offering_id, Enrolment.user_id == user_id
            )
            place = db.session.scalars(query).one()
            service.withdraw(place, by=user_id, now=NOW)
            return "left"

    return deed


def standing(app: Flask, offering_id: int) -> tuple[Offering, list[Enrolment]]:
    with app.app_context():
        query = select(Enrolment).where(Enrolment.offering_id == offering_id)
        places = list(db.session.scalars(query.order_by(Enrolment.ticket)))
        return db.session.get_one(Offering, offering_id), places


def test_twenty_people_at_once_share_three_seats(committed: Flask) -> None:
    offering_id, users = people_and_offering(committed, 20, 3)
    answers = at_once(committed, [join(offering_id, user) for user in users])
    assert sorted(answers) == ["confirmed"] * 3 + ["waiting"] * 17
    offering, places = standing(committed, offering_id)
    assert [place.ticket for place in places] == list(range(1, 21))
    assert [place.state for place in places] == ["confirmed"] * 3 + ["waiting"] * 17
    assert (offering.taken, offering.waiting, offering.pools[0].ticket) == (3, 17, 20)


def test_no_seat_stays_free_while_somebody_waits(committed: Flask) -> None:
    offering_id, users = people_and_offering(committed, 16, 3)
    for user in users[:8]:
        at_once(committed, [join(offering_id, user)])
    deeds = [leave(offering_id, user) for user in users[:6]]
    deeds += [join(offering_id, user) for user in users[8:]]
    answers = at_once(committed, deeds)
    assert set(answers) <= {"left", "confirmed", "waiting"}
    assert answers.count("left") == 6
    offering, places = standing(committed, offering_id)
    by_state = {
        state: [p.ticket or 0 for p in places if p.state == state]
        for state in ("confirmed", "waiting", "withdrawn")
    }
    assert (offering.taken, offering.waiting) == (3, 7)
    assert {state: len(tickets) for state, tickets in by_state.items()} == {
        "confirmed": 3,
        "waiting": 7,
        "withdrawn": 6,
    }
    assert [place.ticket for place in places] == list(range(1, 17))
    assert max(by_state["confirmed"]) < min(by_state["waiting"])


def test_one_person_twice_at_once_gets_one_place(committed: Flask) -> None:
    offering_id, users = people_and_offering(committed, 1, 3)
    answers = at_once(committed, [join(offering_id, users[0])] * 8)
    assert sorted(answers) == ["already-enrolled"] * 7 + ["confirmed"]
    offering, places = standing(committed, offering_id)
    assert len(places) == 1
    assert (offering.taken, offering.waiting, offering.pools[0].ticket) == (1, 0, 1)


def test_leaving_twice_at_once_frees_one_seat(committed: Flask) -> None:
    offering_id, users = people_and_offering(committed, 3, 1)
    for user in users:
        at_once(committed, [join(offering_id, user)])
    answers = at_once(committed, [leave(offering_id, users[0])] * 4)
    assert sorted(answers) == ["left"] + ["withdrawn-already"] * 3
    offering, places = standing(committed, offering_id)
    assert [place.state for place in places] == ["withdrawn", "confirmed", "waiting"]
    assert (offering.taken, offering.waiting) == (1, 1)
