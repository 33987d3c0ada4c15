"""A survey is returned once, by who was there, and says nothing of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue.models import Offering
from lms.certificates import needs
from lms.certificates import queries as certificate_queries
from lms.certificates.rules import is_due
from lms.db import db, transaction
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.surveys import queries, rules, service
from lms.surveys.models import SurveyReturn
from tests import make
from tests.conftest import signed_in
from tests.make import make_course, make_offering, make_place, make_user

AFTER = datetime(2027, 4, 6, 9, tzinfo=UTC)  # the last day, in Kuala Lumpur too
GOOD = dict.fromkeys(rules.RATINGS, 4)
app_wide = pytest.mark.usefixtures("app")
FIELDS = dict.fromkeys(rules.RATINGS, "4") | {"helped": "The visit", "better": ""}


def give(place: Enrolment, helped: str = "", rating: int = 4) -> None:
    ratings = dict.fromkeys(rules.RATINGS, rating)
    service.give(place, ratings, {"helped": helped}, by=place.user_id, now=AFTER)


@app_wide
def test_answers_are_added_up_and_the_person_is_not_in_them() -> None:
    offering = make_offering(capacity=9)
    places = [make_place(offering) for _ in range(3)]
    for place, text in zip(places, ("Zoom", "", "Afternoons"), strict=True):
        give(place, text, rating=place.ticket or 1)
    found = queries.of_offering(offering.id)
    assert found is not None
    assert found.returned == 3
    assert found.tallies["useful"] == {"1": 1, "2": 1, "3": 1}
    assert found.remarks == {"helped": ["Afternoons", "Zoom"]}
    assert {column.name for column in SurveyReturn.__table__.columns} == {"id", "enrolment_id"}
    ids = [place.id for place in places]
    entries = db.session.scalars(
        select(AuditEntry).where(
            AuditEntry.action == "surveys.returned", AuditEntry.object_id.in_(ids)
        )
    ).all()
    assert [entry.object_id for entry in entries] == ids
    assert all(entry.details == {} for entry in entries)


@app_wide
def test_who_may_not_return_it() -> None:
    offering = make_offering(capacity=1)
    place, waiting = make_place(offering), make_place(offering)
    with pytest.raises(Forbidden):
        service.give(place, GOOD, {}, by=waiting.user_id, now=AFTER)
    with pytest.raises(Conflict, match="not-confirmed"):
        give(waiting)
    with pytest.raises(Conflict, match="survey-not-open"):
        service.give(place, GOOD, {}, by=place.user_id, now=AFTER - timedelta(days=1))
    for ratings, remarks in (
        (dict(list(GOOD.items())[1:]), {}),
        (GOOD | {"useful": 6}, {}),
        (GOOD | {"shoe-size": 4}, {}),
        (GOOD, {"name": "me"}),
        (GOOD, {"helped": "x" * (rules.LONGEST_REMARK + 1)}),
    ):
        with pytest.raises(Invalid):
            service.give(place, ratings, remarks, by=place.user_id, now=AFTER)
    assert queries.of_offering(offering.id) is None
    give(place)
    with pytest.raises(Conflict, match="survey-returned-already"):
        give(place)
    found = queries.of_offering(offering.id)
    assert found is not None
    assert found.returned == 1


@app_wide
def test_a_certificate_may_ask_for_it() -> None:
    version = make_course(published=False)
    version.survey_needed, version.attendance_percent = True, 0
    make.publish(version)
    place = make_place(make_offering(version))

    def standing() -> tuple[str, ...]:
        return is_due(certificate_queries.standing_of(place, AFTER.date())).reasons

    assert standing() == ("survey-missing",)
    assert [(n.kind, n.met) for n in needs.of_place(place, AFTER.date())] == [("survey", False)]
    give(place)
    assert standing() == ()
    assert [(n.kind, n.met) for n in needs.of_place(place, AFTER.date())] == [("survey", True)]


@contextmanager
def an_offering(app: Flask, people: int) -> Iterator[tuple[Offering, list[Enrolment]]]:
    with time_machine.travel(AFTER, tick=False), app.app_context():
        with transaction():
            offering = make_offering(capacity=9)
            places = [make_place(offering, make_user(f"Person {n}")) for n in range(people)]
        yield offering, places


def visitor(app: Flask, place: Enrolment) -> FlaskClient:
    return signed_in(app, place.user.email)


def test_it_is_returned_in_the_browser_once(app: Flask) -> None:
    with an_offering(app, 1) as (offering, (place,)):
        person, address = visitor(app, place), f"/places/{place.public_id}/survey?lang=en"
        assert "Say how it was" in person.get(f"/places/{place.public_id}?lang=en").text
        missing = person.post(address, data=FIELDS | {"useful": ""})
        assert missing.status_code == 422
        assert "Choose an answer." in missing.text
        assert "The visit" in missing.text  # nothing typed is lost
        key = {"Idempotency-Key": "0123456789abcdef0123"}
        first = person.post(address, data=FIELDS, headers=key)
        again = person.post(address, data=FIELDS, headers=key)
        assert (first.status_code, first.location) == (302, f"/places/{place.public_id}")
        assert (again.status_code, again.location) == (302, first.location)
        assert person.post(address, data=FIELDS).status_code == 409
        assert "You have returned this survey." in person.get(address).text
        found = queries.of_offering(offering.id)
        assert found is not None
        assert found.returned == 1


def test_somebody_elses_is_not_there(app: Flask) -> None:
    with an_offering(app, 2) as (_, (one, other)):
        address = f"/places/{other.public_id}/survey"
        assert visitor(app, one).get(address).status_code == 404
        assert visitor(app, one).post(address, data=FIELDS).status_code == 404
        assert queries.returned([one.id, other.id]) == set()


def test_answers_are_shown_from_five_returns_on(app: Flask) -> None:
    with an_offering(app, 5) as (offering, places):
        with transaction():
            manager = make.make_manager(offering.course_version.course.provider)
        desk = signed_in(app, manager.email)
        address = f"/offerings/{offering.public_id}/survey?lang=en"
        for place in places[:4]:
            with transaction():
                give(place, "=HYPERLINK(1)", rating=5)
        page = desk.get(address).text
        assert "4 of 5 people" in page
        assert "HYPERLINK" not in page
        assert "HYPERLINK" not in desk.get(address + "&as=csv").text
        with transaction():
            give(places[4], "The visit", rating=1)
        page = desk.get(address).text
        assert re.search(r"<b>4\.2</b>", page)
        assert "=HYPERLINK(1)" in page
        rows = desk.get(address + "&as=csv").text.splitlines()
        assert len(rows) == 1 + len(rules.RATINGS) + 5
        assert '"\'=HYPERLINK(1)"' in rows[-2] or "'=HYPERLINK(1)" in rows[-2]
        assert visitor(app, places[0]).get(address).status_code in {403, 404}


def test_it_is_not_offered_before_its_day(app: Flask) -> None:
    with an_offering(app, 1) as (_, (place,)), time_machine.travel(AFTER - timedelta(days=2)):
        page = visitor(app, place).get(f"/places/{place.public_id}/survey?lang=en").text
        assert "opens on the last day" in page
        assert "Send my answers" not in page


def test_who_gave_up_the_place_has_none(app: Flask) -> None:
    with an_offering(app, 1) as (_, (place,)):
        with transaction():
            enrolment_service.withdraw(place, by=place.user_id, now=AFTER)
        answer = visitor(app, place).post(f"/places/{place.public_id}/survey", data=FIELDS)
        assert answer.status_code == 409
