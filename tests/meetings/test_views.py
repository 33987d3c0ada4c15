"""A file fills in the roll, which is recorded only when it is saved."""

import hashlib
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.audit.models import AuditEntry
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import ClassSession, Offering
from lms.db import db, transaction
from lms.enrolment import queries, roll
from lms.enrolment.models import Enrolment
from lms.enrolment.rules import Mark
from tests.conftest import signed_in
from tests.make import NOW, make_manager, make_offering, make_place, make_user


@pytest.fixture
def room(app: Flask) -> tuple[FlaskClient, Offering, ClassSession, list[Enrolment]]:
    """A manager, and three people: two of one name, and Siti."""
    with transaction():
        offering = make_offering(capacity=5)
        names = ("Siti binti Ali", "Mei Ling", "Mei Ling")
        places = [make_place(offering, make_user(name)) for name in names]
        manager = make_manager(offering.course_version.course.provider)
    session = catalogue_queries.sessions_of(offering)[0]  # 9 to 12 on 5 April 2027
    return signed_in(app, manager.email), offering, session, places


def send(visitor: FlaskClient, address: str, lines: list[str], **more: str) -> TestResponse:
    text = "\n".join(["Name,Email,Join Time,Leave Time", *lines])
    file = (io.BytesIO(text.encode()), "participants.csv")
    return visitor.post(address, data={"file": file, **more}, content_type="multipart/form-data")


def address_of(offering: Offering, session: ClassSession) -> str:
    return f"/offerings/{offering.public_id}/sessions/{session.public_id}/online?lang=en"


def chosen(page: str) -> dict[str, str]:
    found = re.findall(r'name="presence-(\w+)" value="(\w+)" checked', page)
    return dict(found)


Room = tuple[FlaskClient, Offering, ClassSession, list[Enrolment]]


def test_the_roll_is_filled_in_and_nothing_recorded(room: Room) -> None:
    visitor, offering, session, (siti, mei, other_mei) = room
    page = send(
        visitor,
        address_of(offering, session),
        [
            "Siti Binti ALI (JKM),,05/04/2027 09:20,05/04/2027 12:00",
            f"iPhone,{mei.user.email.upper()},05/04/2027 09:00,05/04/2027 10:00",
            f"Tablet,{mei.user.email},05/04/2027 09:30,05/04/2027 10:30",
            "Mei Ling,,05/04/2027 09:00,05/04/2027 12:00",
            "<b>Bob</b>,bob@test.example,05/04/2027 09:00,05/04/2027 09:10",
        ],
    )
    assert page.status_code == 200
    # 160 of 180 minutes is under nine tenths.
    assert chosen(page.text) == {siti.public_id: "part", mei.public_id: "part"}
    assert (
        f'name="minutes-{siti.public_id}" inputmode="numeric" maxlength="4" value="160"'
        in page.text
    )
    assert (
        f'name="minutes-{mei.public_id}" inputmode="numeric" maxlength="4" value="90"' in page.text
    )
    assert "Online from 9:20" in page.text
    assert "&lt;b&gt;Bob" in page.text
    assert "2 people of the file have a seat here." in page.text
    assert other_mei.public_id not in chosen(page.text)  # two have the name: nobody is guessed
    assert queries.roll_of(session) == []
    saved = visitor.post(
        f"/offerings/{offering.public_id}/sessions/{session.public_id}",
        data={f"presence-{siti.public_id}": "part", f"minutes-{siti.public_id}": "160"},
    )
    assert saved.status_code == 302
    (row,) = queries.roll_of(session)
    assert (row.enrolment_id, row.presence, row.minutes) == (siti.id, "part", 160)


def test_what_the_roll_says_already_stays_unless_asked(room: Room) -> None:
    visitor, offering, session, (siti, _, _) = room
    with transaction():
        marks = {siti.public_id: Mark("excused")}
        roll.take_roll(session, marks, by=siti.user_id, now=NOW)
    lines = ["Siti binti Ali,,05/04/2027 09:00,05/04/2027 12:00"]
    page = send(visitor, address_of(offering, session), lines).text
    assert chosen(page) == {siti.public_id: "excused"}
    assert "The roll says so already." in page
    page = send(visitor, address_of(offering, session), lines, replace="y").text
    assert chosen(page) == {siti.public_id: "present"}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Siti binti Ali,,06/04/2027 09:00,06/04/2027 12:00"], "that of another day"),
        (["Siti binti Ali,,soon,later"], "cannot be read"),
        ([], "names nobody"),
    ],
)
def test_a_file_that_cannot_be_used(room: Room, lines: list[str], told: str) -> None:
    visitor, offering, session, _ = room
    answer = send(visitor, address_of(offering, session), lines)
    assert answer.status_code == 422
    assert told in answer.text


def source_in(page: str) -> str:
    found = re.search(r'name="source" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_roll_from_a_file_says_so_in_the_trail(room: Room) -> None:
    visitor, offering, session, (siti, mei, _) = room
    lines = [
        "Siti binti Ali,,05/04/2027 09:00,05/04/2027 12:00",
        "Nobody,,05/04/2027 09:00,05/04/2027 12:00",
    ]
    source = source_in(send(visitor, address_of(offering, session), lines).text)
    marks = {f"presence-{siti.public_id}": "present", f"presence-{mei.public_id}": "absent"}
    address = f"/offerings/{offering.public_id}/sessions/{session.public_id}"
    assert visitor.post(address, data=marks | {"source": source}).status_code == 302
    said = select(AuditEntry).where(AuditEntry.action == "enrolment.roll.from_file")
    (entry,) = db.session.scalars(said)
    text = "\n".join(["Name,Email,Join Time,Leave Time", *lines])
    assert entry.object_id == offering.id
    assert entry.details == {
        "number": session.position,
        "starts_at": session.starts_at.isoformat(),
        "name": "participants.csv",
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "rows": 2,
        "counts": {"found": 1, "changed": 2},
    }
    assert visitor.post(address, data=marks).status_code == 302
    assert len(db.session.scalars(said).all()) == 1  # by hand: nothing of a file


def test_nobody_makes_up_a_file(room: Room) -> None:
    visitor, offering, session, (siti, _, _) = room
    other = catalogue_queries.sessions_of(offering)[1]
    lines = ["Siti binti Ali,,05/04/2027 09:00,05/04/2027 12:00"]
    source = source_in(send(visitor, address_of(offering, session), lines).text)
    start = f"/offerings/{offering.public_id}/sessions"
    mark = {f"presence-{siti.public_id}": "present"}
    for session_id, text in (
        (session.public_id, source[:-1]),
        (session.public_id, "x" + source),
        (other.public_id, source),  # of another class session
    ):
        answer = visitor.post(f"{start}/{session_id}", data=mark | {"source": text})
        assert answer.status_code == 422
    assert queries.roll_of(session) == queries.roll_of(other) == []


def test_a_session_of_another_offering_is_not_there(room: Room) -> None:
    visitor, offering, _, _ = room
    with transaction():
        strange = make_offering()
    session = catalogue_queries.sessions_of(strange)[0]
    assert visitor.get(address_of(offering, session)).status_code == 404


def test_who_takes_no_roll_sends_no_file(room: Room, app: Flask) -> None:
    _, offering, session, (siti, _, _) = room
    visitor = signed_in(app, siti.user.email)
    assert visitor.get(address_of(offering, session)).status_code == 403
