"""The training calendar of a year: what begins in it, month by month, at any number."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from lms.catalogue import browsing, rescheduling, service
from lms.catalogue.filters import Filters
from lms.catalogue.models import CourseVersion, Offering
from lms.kernel import clock
from lms.web import exports
from tests.catalogue.test_browsing import copy_many, make_many
from tests.make import make_course, offering_facts

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("app")]
FAR = 2091  # a year in which the sample plans nothing


def offered(version: CourseVersion, starts_on: date, venue: str = "Kuching") -> Offering:
    now, day = clock.now(), timedelta(days=1)
    facts = offering_facts(opens_at=now - day, closes_at=now + day, starts_on=starts_on)
    offering = service.create_offering(version, replace(facts, venue=venue), by=None)
    service.open_offering(offering, by=None)
    return offering


def year(number: int = FAR, **asked: str) -> dict[int, list[str]]:
    found = browsing.year(Filters(**asked), number, now=clock.now())
    months = found.months.items()
    return {month: [run.public_id for _, run in entries] for month, entries in months if entries}


def test_what_begins_in_the_year_stands_in_its_month_closed_or_not_but_not_cancelled() -> None:
    version = make_course()
    first = offered(version, date(FAR, 1, 1))
    last, same_day = (offered(version, date(FAR, 12, 31)) for _ in range(2))
    closed, cancelled = (offered(version, date(FAR, 7, 1)) for _ in range(2))
    offered(version, date(FAR - 1, 12, 31))  # goes on into the year
    service.close_offering(closed, by=None)
    rescheduling.cancel(cancelled, "Flood", by=None, now=clock.now())
    assert year() == {
        1: [first.public_id],
        7: [closed.public_id],
        12: sorted([last.public_id, same_day.public_id]),
    }
    drafts = make_course(published=False)
    assert drafts.public_id not in str(browsing.year(Filters(), FAR, now=clock.now()))


def test_filters_hold_as_in_the_catalogue() -> None:
    here = offered(make_course(), date(FAR, 3, 1))
    there = offered(make_course(), date(FAR, 4, 1), "Sibu")
    closed = offered(here.course_version, date(FAR, 5, 1))
    service.close_offering(closed, by=None)
    assert year(place="sibu") == {4: [there.public_id]}
    assert year(until=f"{FAR}-03") == {3: [here.public_id]}
    assert year(seats="1") == {3: [here.public_id], 4: [there.public_id]}
    assert year(kind="event") == {}
    found = browsing.year(Filters(place="sibu"), FAR, now=clock.now())
    assert (found.total, found.counts["place"]) == (1, {"": 2, "kuching": 1, "sibu": 1})


def test_the_page_is_public_and_keeps_the_filters(client: FlaskClient) -> None:
    offering = offered(make_course(), date(FAR, 3, 1), "Sibu")
    page = client.get(f"/calendar?year={FAR}&place=sibu&from=2027-01&lang=en").text
    assert "1 offering<" in page
    assert f"/courses/{offering.course_version.public_id}" in page
    assert f"year={FAR + 1}&amp;place=sibu" in page
    assert "/calendar.ics?place=sibu" in page
    assert "2027" not in page.partition("<main")[2].partition("</main>")[0]
    assert f"March {FAR}" in client.get(f"/calendar?from={FAR}-03&lang=en").text
    this = clock.today("Asia/Kuala_Lumpur").year
    assert f"calendar {this}" in client.get("/calendar?year=now&lang=en").text
    assert "Nothing is planned" in client.get("/calendar?year=2098&lang=en").text
    assert "look at another year" in client.get("/calendar?year=2098&kind=event&lang=en").text


def test_a_thousand_offerings_need_no_more_statements(
    client: FlaskClient,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    make_many(10)
    address = "/calendar?kind=short&lang=en"
    client.get(address)
    with count_statements() as few:
        client.get(address)
    copy_many(990)
    with count_statements() as many:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(many) == len(few) <= 6


def test_what_is_left_out_is_said_and_how_to_get_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in (2, 3, 4):
        offered(make_course(), date(FAR, month, 1))
    found = browsing.year(Filters(), FAR, now=clock.now(), most=2)
    assert (found.total, found.left, found.last_month) == (3, 1, 3)
    monkeypatch.setattr(browsing.year, "__kwdefaults__", {"most": 2, "stock": None})
    page = client.get(f"/calendar?year={FAR}&place=kuching&lang=en").text
    assert "The 1 later offering is not shown." in page
    assert f"/calendar?year={FAR}&amp;place=kuching&amp;from={FAR}-03" in page
    assert f"From March {FAR} on" in page
    rows = client.get(f"/calendar?year={FAR}&as=csv&lang=en").text.splitlines()
    assert len(rows) == 4  # the file has them all
    monkeypatch.setattr(exports, "MOST", 2)
    rows = client.get(f"/calendar?year={FAR}&as=csv&lang=en").text.splitlines()
    assert len(rows) == 4
    assert rows[-1].startswith('"1 later offering is left out. Choose months')


def test_the_year_is_taken_away_as_it_is_shown(client: FlaskClient) -> None:
    for day in (2, 1):
        offered(make_course(), date(FAR, 5, day))
    offered(make_course(), date(FAR, 4, 1), "Sibu")
    rows = client.get(f"/calendar?year={FAR}&place=kuching&as=csv&lang=en").text.splitlines()
    assert rows[0].startswith('\ufeff"Code","Title"')
    assert [row.split(",")[3] for row in rows[1:]] == [f'"{FAR}-05-01"', f'"{FAR}-05-02"']
    assert f"year={FAR}" in client.get(f"/calendar?year={FAR}&place=kuching").text
