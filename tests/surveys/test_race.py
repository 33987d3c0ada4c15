"""Many return the survey in the same minute: nothing is lost, and nobody counts twice."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from lms.db import db, transaction
from lms.enrolment.models import Enrolment
from lms.surveys import queries, rules, service
from tests.enrolment.at_once import at_once
from tests.make import make_offering, make_place, own_app
from tests.surveys.test_surveys import AFTER

PEOPLE = 8


@pytest.fixture
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with own_app("surveys_race", tmp_path_factory.mktemp("race")) as app:
        yield app


def returning(place_id: int, rating: int) -> Callable[[], str]:
    def deed() -> str:
        with transaction():
            place = db.session.get_one(Enrolment, place_id)
            ratings = dict.fromkeys(rules.RATINGS, rating)
            remarks = {"helped": f"Remark {place_id}"}
            service.give(place, ratings, remarks, by=place.user_id, now=AFTER)
            return "returned"

    return deed


def test_everybody_at_once_and_each_twice(committed: Flask) -> None:
    with committed.app_context(), transaction():
        offering = make_offering(capacity=PEOPLE)
        offering_id = offering.id
        places = [make_place(offering).id for _ in range(PEOPLE)]
    deeds = [returning(place, 1 + place % 5) for place in places for _ in range(2)]
    answers = Counter(at_once(committed, deeds))
    assert answers == {"returned": PEOPLE, "survey-returned-already": PEOPLE}
    with committed.app_context():
        found = queries.of_offering(offering_id)
        assert found is not None
        assert found.returned == PEOPLE
        expected = Counter(str(1 + place % 5) for place in places)
        assert found.tallies == {name: dict(expected) for name in rules.RATINGS}
        assert sorted(found.remarks["helped"]) == sorted(f"Remark {place}" for place in places)
