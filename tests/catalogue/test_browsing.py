"""The public list on a real database: bounded statements, filters that can be dropped again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lms.catalogue import browsing, finding, service
from lms.catalogue.filters import Filters
from lms.catalogue.kinds import CourseKind, ItemRole
from lms.catalogue.models import Course, CourseItemMap, CourseVersion, Offering, SeatPool
from lms.db import db
from lms.kernel import clock
from tests import make
from tests.make import (
    course_facts,
    fresh,
    item,
    make_course,
    make_offering,
    make_organisation,
    offering_facts,
)

CountStatements = Callable[[], AbstractContextManager[list[str]]]
pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("app")]


def listed(**asked: str) -> browsing.Catalogue:
    return on_page(1, **asked)


def on_page(number: int, **asked: str) -> browsing.Catalogue:
    return browsing.catalogue(Filters(**asked), page=number, language="en", now=clock.now())


def shown(**asked: str) -> list[int]:
    """The ids of the versions on the first page."""
    return [row.course.id for row in listed(**asked).page.rows]


def make_many(number: int) -> None:
    """Published courses with a competency and an offering each."""
    provider, one = make_organisation(), item()
    for _ in range(number):
        version = make_course(provider, published=False)
        service.map_item(version, one, ItemRole.DEVELOPED, 1, by=None)
        make.publish(version)
        make_offering(version)
    db.session.commit()


def copy_many(number: int) -> None:
    """The same as rows only, for numbers that the services would take minutes for."""
    provider, one, now = make_organisation(), item(), clock.now()
    facts = vars(course_facts())
    courses = [
        Course(provider_id=provider.id, code=fresh("C"), kind="short") for _ in range(number)
    ]
    db.session.add_all(courses)
    db.session.flush()
    versions = [
        CourseVersion(course_id=course.id, course=course, number=1, state="published", **facts)
        for course in courses
    ]
    db.session.add_all(versions)
    for version in versions:
        version.mappings = [
            CourseItemMap(item_id=one.id, item=one, role="developed", level=1, position=0)
        ]
    db.session.flush()
    offerings = [
        Offering(
            course_version_id=version.id,
            code=fresh("O"),
            state="open",
            starts_on=now.date(),
            ends_on=now.date(),
            venue=f"Room {version.id % 40}",
            opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=1),
            approvals=[],
            pools=[SeatPool(mode="in_person", capacity=3, accepting=True)],
        )
        for version in versions
    ]
    db.session.add_all(offerings)
    for version in versions:
        finding.index(version)
    db.session.commit()


ADDRESSES = (
    "/",
    "/?kind=short&mode=in_person&seats=1",
    "/?q=course+about&competency=SWX.AS&language=ms&from=2027-01&sort=title",
    "/?q=nothing+like+that&place=nowhere",
    "/programmes",
)


def test_the_lists_need_as_many_statements_for_many_courses_as_for_few(
    client: FlaskClient, count_statements: CountStatements
) -> None:
    def needed(address: str) -> int:
        with count_statements() as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    for address in ADDRESSES:
        client.get(address)
    few = {address: needed(address) for address in ADDRESSES}
    make_many(30)
    assert {address: needed(address) for address in ADDRESSES} == few
    assert max(few.values()) <= 9


def test_a_thousand_courses_need_no_more_statements(
    client: FlaskClient, count_statements: CountStatements
) -> None:
    address = "/?q=course&competency=SWX.AS.02&seats=1"
    make_many(10)
    with count_statements() as few:
        client.get(address)
    copy_many(990)
    with count_statements() as many:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(many) == len(few) <= 9
    assert listed(q="course", seats="1").page.total >= 990


def test_25_courses_a_page_and_no_drafts() -> None:
    provider = make_organisation()
    made = {make_course(provider).id for _ in range(26)}
    draft = make_course(provider, published=False)
    first, second = on_page(1).page, on_page(2).page
    ids = [row.course.id for row in (*first.rows, *second.rows)]
    assert len(first.rows) == 25
    assert first.total == second.total == len(ids) == len(set(ids))
    assert made <= set(ids)
    assert draft.id not in ids
    assert listed().counts["kind"][""] == first.total


def test_the_next_offering_is_the_earliest_that_takes_people() -> None:
    version, now, day = make_course(), clock.now(), timedelta(days=1)
    windows = {
        "over": (now - 9 * day, now - day),
        "announced": (now + day, now + 2 * day),
        "open": (now - day, now + day),
    }
    made = {}
    for name, (opens, closes) in windows.items():
        facts = replace(offering_facts(opens_at=opens, closes_at=closes), venue=name)
        made[name] = service.create_offering(version, facts, by=None)
        service.open_offering(made[name], by=None)

    def next_venue() -> str | None:
        rows = listed(q=version.course.code).page.rows
        (row,) = (row for row in rows if row.course.id == version.id)
        return row.next_offering.venue if row.next_offering else None

    assert next_venue() == "open"
    service.close_offering(made["open"], by=None)
    assert next_venue() == "announced"
    service.close_offering(made["announced"], by=None)
    assert next_venue() is None


def test_a_full_offering_has_no_free_seat() -> None:
    now, day = clock.now(), timedelta(days=1)
    version = make_course()
    facts = offering_facts(capacity=1, opens_at=now - day, closes_at=now + day)
    offering = service.create_offering(version, facts, by=None)
    service.open_offering(offering, by=None)
    asked = {"q": version.course.code, "seats": "1"}
    assert shown(**asked) == [version.id]
    offering.pools[0].taken = 1
    db.session.flush()
    assert shown(**asked) == []
    assert listed(**asked).dropped == {"seats": 1, "q": listed(seats="1").page.total}


def test_a_course_is_found_by_unit_and_by_domain() -> None:
    version = make_course(published=False)
    service.map_item(version, item("SWX.EV.02"), ItemRole.DEVELOPED, 1, by=None)
    make.publish(version)
    asked = {"q": version.course.code}
    assert shown(competency="SWX.EV.02", **asked) == [version.id]
    assert shown(competency="SWX.EV", **asked) == [version.id]
    assert shown(competency="SWX.AS", **asked) == []
    assert listed(**asked).counts["competency"] == {"": 1, "SWX.EV": 1, "SWX.EV.02": 1}
    domains = {each.code: [code for code, _ in each.units] for each in listed().domains}
    assert "SWX.EV.02" in domains["SWX.EV"]


def test_the_page_offers_to_drop_what_leaves_nothing(client: FlaskClient) -> None:
    page = client.get("/?kind=event&mode=online&lang=en").text
    assert "No course is like that yet" in page
    assert "Without Online: 1 course<" in page
    assert 'href="/?kind=event"' in page
    assert 'href="/?mode=online"' in page


def test_the_page_shows_words_and_filters_as_they_were_asked(client: FlaskClient) -> None:
    page = client.get("/?q=%3Cb%3Ecatatan&kind=short&from=2027-03&lang=en").text
    assert 'value="&lt;b&gt;catatan"' in page
    assert "<b>catatan" not in page
    assert "from March 2027" in page
    assert 'aria-label="Remove the filter Short course"' in page


def test_pages_of_a_list_keep_the_filters(client: FlaskClient) -> None:
    facts = course_facts()
    provider = make_organisation()
    for _ in range(26):
        version = service.create_course(provider, fresh("C"), CourseKind.EVENT, facts, by=None)
        make.publish(version)
    db.session.commit()
    page = client.get("/?kind=event&q=course&lang=en").text
    assert "kind=event" in page.split('rel="next"')[1][:200]
    assert "q=course" in page.split('rel="next"')[1][:200]
    assert "nothing on this page" in client.get("/?kind=event&page=9&lang=en").text


def test_words_typed_into_the_plain_list_bring_the_best_match_first(client: FlaskClient) -> None:
    """The form sends its usual order along; it must not win over the words."""
    page = client.get("/?lang=en").text
    sort = page.split('name="sort">')[1].split("</select>")[0]
    assert '<option value="" selected>Next date</option>' in sort
    found = client.get("/?q=catatan+kes&sort=&kind=&mode=&lang=en").text
    assert found.index("KES110") < found.index("KES320")
    assert '<option value="" selected>Best match</option>' in found
