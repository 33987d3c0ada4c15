"""A person's own calendar is read by its address alone, and only while that stands."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import StaffRole
from lms.catalogue.models import ClassSession, Offering
from lms.db import db, transaction
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.kernel import clock
from lms.people.models import User
from lms.timetable import queries, service
from tests.conftest import signed_in
from tests.make import make_course, make_user, offering_facts


@pytest.fixture
def place(app: Flask) -> Enrolment:
    """A seat in an offering of two days, four class sessions, the first with a link."""
    del app
    with transaction():
        user = make_user()
        offering = running()
        session = catalogue_queries.sessions_of(offering)[0]
        facts = service.SessionFacts(
            session.starts_at, session.ends_at, None, "https://meet.example/secret"
        )
        service.save_session(offering, session, facts, accepted=True, by=None)
        return enrolment_service.enrol(offering, user, by=user.id, now=clock.now())


def running() -> Offering:
    now = clock.now()
    facts = offering_facts(
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
        starts_on=(now + timedelta(days=5)).date(),
    )
    offering = catalogue_service.create_offering(make_course(), facts, by=None)
    catalogue_service.open_offering(offering, by=None)
    return offering


def address_of(visitor: FlaskClient) -> str:
    assert visitor.post("/my-training/calendar").status_code == 302
    page = visitor.get("/my-training/calendar?lang=en").text
    found = re.search(r'value="https?://[^/"]+(/calendars/[^"]+)"', page)
    assert found is not None
    return found[1]


def entries(app: Flask, address: str) -> list[str]:
    answer = app.test_client().get(address)  # nobody is signed in
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    return [str(event["uid"]).partition("@")[0] for event in calendar.walk("VEVENT")]


def sessions(offering: Offering) -> list[str]:
    return [one.public_id for one in catalogue_queries.sessions_of(offering)]


def test_it_holds_what_a_person_attends_and_teaches(app: Flask, place: Enrolment) -> None:
    with transaction():
        taught = running()
        catalogue_service.add_staff(taught, place.user, StaffRole.TRAINER, by=None)
        running()  # nobody's
    address = address_of(signed_in(app, place.user.email))
    assert entries(app, address) == sessions(place.offering) + sessions(taught)
    assert b"https://meet.example/secret" in app.test_client().get(address).data
    with transaction():
        enrolment_service.withdraw(place, by=place.user_id, now=clock.now())
    assert entries(app, address) == sessions(taught)


def test_it_loses_no_session_however_many_there_are(app: Flask, place: Enrolment) -> None:
    start = clock.now() - timedelta(days=80)
    with transaction():
        for number in range(600):
            starts = start + timedelta(hours=6 * number)
            db.session.add(
                ClassSession(
                    offering_id=place.offering_id,
                    position=100 + number,
                    starts_at=starts,
                    ends_at=starts + timedelta(hours=1),
                )
            )
    address = address_of(signed_in(app, place.user.email))
    assert set(entries(app, address)) == set(sessions(place.offering))


def test_a_new_address_ends_the_old_one(app: Flask, place: Enrolment) -> None:
    visitor = signed_in(app, place.user.email)
    old = address_of(visitor)
    new = address_of(visitor)
    assert new != old
    stranger = app.test_client()
    assert stranger.get(old).status_code == 404
    assert stranger.get(new).status_code == 200
    assert visitor.post("/my-training/calendar/end").status_code == 302
    assert stranger.get(new).status_code == 404
    assert visitor.post("/my-training/calendar/end").status_code == 302
    assert "Make the address" in visitor.get("/my-training/calendar?lang=en").text


def test_an_address_cannot_be_made_up(app: Flask, place: Enrolment) -> None:
    visitor = signed_in(app, place.user.email)
    address = address_of(visitor)
    feed = queries.feed_of(place.user_id)
    assert feed is not None
    other = address[:-5] + ("0" if address[-5] != "0" else "1") + address[-4:]
    for wrong in (
        other,
        f"/calendars/{feed.public_id}.ics",
        "/calendars/x-y.ics",
        "/calendars/ü.ics",
    ):
        assert app.test_client().get(wrong).status_code == 404


def test_a_closed_account_has_no_calendar(app: Flask, place: Enrolment) -> None:
    address = address_of(signed_in(app, place.user.email))
    with transaction():
        user: User = place.user
        user.is_active = False
    assert app.test_client().get(address).status_code == 404
