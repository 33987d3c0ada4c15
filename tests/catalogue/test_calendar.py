"""What calendars are given: an entry that stays the same one, moved or cancelled."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import inspect

from lms.catalogue import browsing, queries, rescheduling, service
from lms.catalogue.models import Offering
from lms.db import db, transaction
from lms.kernel import clock
from lms.people.models import Organisation
from tests.make import fresh, make_course, make_organisation, offering_facts

pytestmark = pytest.mark.usefixtures("app")


def entries(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.data).walk("VEVENT")
    return [{name.lower(): value for name, value in each.items()} for each in found]


def of(offering: Offering) -> str:
    return f"/offerings/{offering.public_id}/calendar.ics"


def soon() -> date:
    return clock.now().date() + timedelta(days=40)


def offered(provider: Organisation | None = None, venue: str = "Kuching") -> Offering:
    facts = replace(offering_facts(starts_on=soon()), venue=venue)
    return service.create_offering(make_course(provider), facts, by=None)


def test_a_session_is_the_same_entry_after_a_move_and_a_cancellation(client: FlaskClient) -> None:
    offering = offered()
    sessions = queries.sessions_of(offering)
    first = entries(client, of(offering))
    assert [each["dtstart"].dt for each in first] == [each.starts_at for each in sessions]
    assert {str(each["status"]) for each in first} == {"CONFIRMED"}
    began = first[0]["dtstart"].dt
    rescheduling.move(offering, soon() + timedelta(days=7), "Elsewhere", by=None, now=clock.now())
    moved = entries(client, of(offering))
    assert [str(each["uid"]) for each in moved] == [str(each["uid"]) for each in first]
    assert moved[0]["dtstart"].dt == began + timedelta(days=7)
    assert (int(moved[0]["sequence"]), str(moved[0]["location"])) == (1, "Elsewhere")
    rescheduling.cancel(offering, "No trainer", by=None, now=clock.now())
    ended = entries(client, of(offering))
    assert [str(each["uid"]) for each in ended] == [str(each["uid"]) for each in first]
    assert {(int(each["sequence"]), str(each["status"])) for each in ended} == {(2, "CANCELLED")}


def test_the_calendar_of_a_search_has_what_the_list_has(
    client: FlaskClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    provider, place = make_organisation(), fresh("HALL")
    for _ in range(3):
        offered(provider, place)
    offered(provider)
    found = entries(client, f"/calendar.ics?place={place.lower()}")
    assert {str(each["location"]) for each in found} == {place}
    assert len(found) == 3
    assert found[0]["dtstart"].dt == soon()
    assert all(each["dtend"].dt > each["dtstart"].dt for each in found)
    with count_statements() as few:
        entries(client, f"/calendar.ics?place={place.lower()}")
    with count_statements() as many:
        assert len(entries(client, "/calendar.ics")) > 3
    assert len(many) == len(few) <= 9


def described(client: FlaskClient, address: str) -> str:
    return str(Calendar.from_ical(client.get(address).data).get("x-wr-caldesc", ""))


def test_a_calendar_that_does_not_hold_them_all_says_so_and_leads_on(client: FlaskClient) -> None:
    hall, most = fresh("HALL"), browsing.MOST_IN_CALENDAR
    first = offered(venue=hall)
    copied = {
        each.key: getattr(first, each.key)
        for each in inspect(Offering).column_attrs
        if each.key not in {"id", "public_id", "code"}
    }
    with transaction():
        more = (Offering(**copied, code=f"{hall}-{number}") for number in range(most - 1))
        db.session.add_all(more)
    address = f"/calendar.ics?place={hall.lower()}&lang=en"
    assert len(entries(client, address)) == most
    assert described(client, address) == ""
    with transaction():
        later = Offering(**copied, code=f"{hall}-later")
        later.starts_on = later.ends_on = soon() + timedelta(days=70)
        db.session.add(later)
    assert len(entries(client, address)) == most
    words = described(client, address)
    assert f"{most} of {most + 1}" in words
    found = re.search(r"https?://[^/]+(/calendar\.ics\S+)", words)
    assert found is not None
    assert f"from={soon():%Y-%m}" in found[1]
    assert "at most" in client.get("/?lang=en").text
    assert "at most" in client.get("/calendar?lang=en").text


def test_words_cannot_add_lines(client: FlaskClient) -> None:
    offering = offered(venue="Hall\r\nATTENDEE:mailto:x@example; A, B")
    text = client.get(of(offering)).text
    assert "\r\nATTENDEE" not in text
    assert str(entries(client, of(offering))[0]["location"]).endswith("; A, B")


def test_an_offering_that_is_not_there_has_no_calendar(client: FlaskClient) -> None:
    assert client.get("/offerings/000000000000/calendar.ics").status_code == 404
