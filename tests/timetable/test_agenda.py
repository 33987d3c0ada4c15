"""The programme of the days: everybody reads it, managers write it, and it holds no link."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import ClassSession, Offering
from lms.db import transaction
from lms.timetable import agenda, queries, service
from lms.timetable.agenda import TopicFacts
from lms.timetable.models import Meeting, Room, SessionTopic
from tests.conftest import signed_in
from tests.make import make_course, make_manager, make_offering

DAY = datetime(2027, 4, 5, 1, tzinfo=UTC)
ZONE = "Asia/Kuala_Lumpur"


def session(number: int, hours: int) -> ClassSession:
    begins = DAY + timedelta(hours=hours)
    return ClassSession(
        id=number, position=number, starts_at=begins, ends_at=begins + timedelta(hours=1)
    )


def test_what_begins_together_stands_side_by_side_by_track() -> None:
    sessions = [session(1, 0), session(2, 0), session(3, 5), session(4, 16)]
    topics = {
        1: SessionTopic(titles={"en": "One"}, track="B", speakers=[]),
        2: SessionTopic(titles={"en": "Two"}, track="A", speakers=[]),
    }
    room = Room(name="Hall", venue="Kuching", capacity=9)
    days = agenda.of_offering(sessions, topics, {3: Meeting(room=room, link="https://x")}, ZONE)
    told = [
        (day.day, [[item.session.position for item in hour.slots] for hour in hours])
        for day, hours in days.items()
    ]
    assert told == [(5, [[2, 1], [3]]), (6, [[4]])]  # 16 hours later it is tomorrow there
    assert days[DAY.date()][1].slots[0].room == "Hall, Kuching"


@pytest.fixture
def offering(app: Flask) -> Offering:
    del app
    with transaction():
        return make_offering()


def address(offering: Offering) -> str:
    return f"/offerings/{offering.public_id}/programme?lang=en"


FIELDS = {
    "title_ms": "Risiko",
    "title_en": "Risk",
    "title_id": "Risiko",
    "abstract_ms": "Apa yang dilihat dahulu.\r\n\r\nSiapa yang bertindak.",
    "abstract_en": "What is seen first.\r\n\r\nWho <i>acts</i>.",
    "abstract_id": "",
    "track": "Child protection",
    "speakers": "Dr. Siti, Kuching\r\n\r\n<b>Bob</b>\r\n",
}


def test_a_manager_says_what_a_session_is_about(
    offering: Offering, app: Flask, client: FlaskClient
) -> None:
    first = catalogue_queries.sessions_of(offering)[0]
    with transaction():
        manager = make_manager(offering.course_version.course.provider)
        facts = service.SessionFacts(
            first.starts_at, first.ends_at, None, "https://meet.example/secret"
        )
        service.save_session(offering, first, facts, accepted=True, by=None)
    desk = signed_in(app, manager.email)
    form = f"/offerings/{offering.public_id}/timetable/{first.public_id}/topic"
    assert desk.post(form, data=FIELDS | {"track": "x" * 81}).status_code == 422
    assert desk.post(form, data=FIELDS | seen(desk, form)).status_code == 302
    page = client.get(address(offering)).text
    for shown in ("Risk", "Child protection", "Dr. Siti, Kuching", "&lt;b&gt;Bob", "9:00"):
        assert shown in page
    assert "secret" not in page
    assert "What is seen first.\r\n\r\nWho &lt;i&gt;acts&lt;/i&gt;." in page
    for language, words in (("ms", "Siapa yang bertindak."), ("id", "What is seen first.")):
        spoken = client.get(address(offering).replace("lang=en", f"lang={language}")).text
        assert words in spoken  # what is not written in a language is read in English
    assert "Siapa yang bertindak." in desk.get(form).text
    assert desk.post(form, data=FIELDS | {"abstract_en": "x" * 4001}).status_code == 422
    assert "Dr. Siti" in desk.get(form).text
    assert desk.post(form, data=dict.fromkeys(FIELDS, "") | seen(desk, form)).status_code == 302
    assert queries.topics_of(offering) == {}
    assert "Session 1" in client.get(address(offering)).text


def seen(desk: FlaskClient, form: str) -> dict[str, str]:
    found = re.search(r'name="row_version"[^>]* value="(\d+)"', desk.get(form).text)
    assert found is not None
    return {"row_version": found[1]}


def test_the_later_of_two_who_write_a_topic_sees_what_the_earlier_wrote(
    offering: Offering, app: Flask
) -> None:
    """Also when the topic was taken away and written anew between the two."""
    first = catalogue_queries.sessions_of(offering)[0]
    with transaction():
        manager = make_manager(offering.course_version.course.provider)
    desk = signed_in(app, manager.email)
    form = f"/offerings/{offering.public_id}/timetable/{first.public_id}/topic?lang=en"
    nothing = dict.fromkeys(FIELDS, "")
    late = FIELDS | {"track": "Elders"} | seen(desk, form)
    for earlier in (FIELDS, nothing, FIELDS):
        assert desk.post(form, data=earlier | seen(desk, form)).status_code == 302
        assert desk.post(form, data=late).status_code == 409
    answer = desk.post(form, data=late)
    assert 'value="Elders"' in answer.text  # what was typed stays
    told = answer.text.split('id="saved-meanwhile"')[1].split("</section>")[0]
    assert ("Child protection" in told, "Elders" in told) == (True, False)
    assert [each.track for each in queries.topics_of(offering).values()] == ["Child protection"]
    assert desk.post(form, data=late | seen(desk, form)).status_code == 302
    assert [each.track for each in queries.topics_of(offering).values()] == ["Elders"]


def test_nobody_else_writes_it(offering: Offering, app: Flask) -> None:
    first = catalogue_queries.sessions_of(offering)[0]
    form = f"/offerings/{offering.public_id}/timetable/{first.public_id}/topic"
    assert signed_in(app, "manager").post(form, data=FIELDS).status_code == 403
    assert signed_in(app, "aisyah").post(form, data=FIELDS).status_code == 403
    assert queries.topics_of(offering) == {}


def test_a_removed_session_takes_its_topic_along(offering: Offering) -> None:
    first = catalogue_queries.sessions_of(offering)[0]
    with transaction():
        agenda.save_topic(offering, first, TopicFacts({"en": "x"}, "", []), by=None)
        service.remove_session(offering, first, by=None)
    assert queries.topics_of(offering) == {}


def test_what_is_not_published_is_not_there(client: FlaskClient) -> None:
    with transaction():
        offering = make_offering(make_course())
        offering.course_version.state = "draft"
    assert client.get(address(offering)).status_code == 404
