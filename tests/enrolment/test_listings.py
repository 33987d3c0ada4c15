"""Lists of places as files, and the sheet to sign on."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from lms.catalogue import queries as catalogue_queries
from lms.db import transaction
from lms.enrolment import roll, rules
from lms.enrolment.models import Enrolment
from lms.enrolment.rules import Mark
from tests.conftest import SignIn
from tests.make import NOW, make_manager, make_offering, make_place, make_user

pytestmark = pytest.mark.usefixtures("app")
Counting = Callable[[], AbstractContextManager[list[str]]]


def table(visitor: FlaskClient, address: str) -> list[list[str]]:
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def a_course() -> tuple[Enrolment, str]:
    with transaction():
        place = make_place(make_offering(capacity=40), make_user("=Evil()"))
        manager = make_manager(place.offering.course_version.course.provider)
        first, second, *_ = catalogue_queries.sessions_of(place.offering)
        roll.take_roll(first, {place.public_id: Mark("present")}, by=manager.id, now=NOW)
        roll.take_roll(second, {place.public_id: Mark("part", 60)}, by=manager.id, now=NOW)
    return place, manager.email


def test_the_roster_has_the_whole_roll(sign_in: SignIn) -> None:
    place, manager = a_course()
    address = f"/offerings/{place.offering.public_id}/roster?as=csv&lang=en"
    head, row = table(sign_in(manager), address)
    assert head[:5] == ["Name", "E-mail address", "Agency", "Place", "Session 1"]
    assert row[0] == "'=Evil()"
    assert row[3:] == ["Confirmed", "Present", "In part", "", "", "33.3"]
    assert sign_in(place.user.email).get(address).status_code == 403


def test_the_sheet_is_of_one_day_and_names_who_has_a_seat(
    sign_in: SignIn, count_statements: Counting
) -> None:
    place, manager = a_course()
    visitor = sign_in(manager)
    address = f"/offerings/{place.offering.public_id}/roster?lang=en"
    page = visitor.get(address).text
    assert re.findall(r'aria-current="page"[^>]*>([^<]+)<', page)[:1] == ["Catalogue"]
    assert "=Evil()" in page
    assert "Session 1" in page
    assert "Session 3" not in page
    second = place.offering.starts_on + timedelta(days=1)
    assert "Session 3" in visitor.get(f"{address}&day={second}").text
    assert "Session 1" in visitor.get(f"{address}&day=nonsense").text
    with count_statements() as few:
        visitor.get(address)
    with transaction():
        for _ in range(20):
            make_place(place.offering)
    with count_statements() as many:
        visitor.get(address)
    assert len(few) == len(many)


def test_a_coordinator_takes_away_what_the_desk_shows(sign_in: SignIn) -> None:
    visitor = sign_in("coordinator")
    page = visitor.get("/agency?lang=en").text
    head, *rows = table(visitor, "/agency?as=csv&lang=en")
    assert head[0] == "Officer"
    assert rows
    assert all(row[0].lstrip("'") in page for row in rows)


@pytest.mark.parametrize(
    ("who", "address", "title"),
    [
        ("aisyah", "/my-training", "Course"),
        ("admin", "/people", "Name"),
        ("coordinator", "/members", "Name"),
        ("manager", "/manage/rooms", "Name of the room"),
        ("aisyah", "/", "Code"),
    ],
)
def test_other_lists(sign_in: SignIn, who: str, address: str, title: str) -> None:
    visitor = sign_in(who)
    head, *rows = table(visitor, f"{address}?as=csv&lang=en")
    assert head[0] == title
    assert rows
    assert visitor.get(f"{address}?as=xlsx&lang=ms").get_data()[:2] == b"PK"


def test_the_list_of_courses_is_the_filtered_one(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    every = table(visitor, "/?as=csv&lang=en")
    short = table(visitor, "/?as=csv&lang=en&q=PKK204")
    assert 1 < len(short) < len(every)


def test_days_are_those_of_the_place() -> None:
    late = NOW.replace(hour=17)  # one o'clock the next day in Kuala Lumpur
    days = rules.by_day([(late, "b"), (NOW, "a")], "Asia/Kuala_Lumpur")
    assert days == {date(2027, 3, 10): ["a"], date(2027, 3, 11): ["b"]}
