"""Checking in: once, with the code of the moment, of this session, inside its window."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import ClassSession, Offering
from lms.db import db
from lms.enrolment import queries, roll, rules
from lms.enrolment.models import Attendance, Enrolment
from lms.enrolment.rules import Mark
from lms.kernel.errors import Conflict, Invalid
from lms.people import queries as people_queries
from lms.web import running
from tests.conftest import SignIn
from tests.make import NOW, make_offering, make_place, make_user

KEY = "a key of the server"


def code_at(session: ClassSession, moment: datetime, key: str = KEY) -> str:
    return rules.check_in_code(key, session.public_id, int(moment.timestamp()) // 30)


@pytest.fixture
def place(app: Flask) -> Enrolment:
    del app
    return make_place(make_offering())


def sessions(place: Enrolment) -> list[ClassSession]:
    return catalogue_queries.sessions_of(place.offering)


def test_somebody_checks_in_once(place: Enrolment) -> None:
    session = sessions(place)[0]
    now = session.starts_at + timedelta(minutes=5)
    row = roll.check_in(session, place, code_at(session, now), key=KEY, now=now)
    assert (row.presence, row.recorded_by_id, row.recorded_at) == ("present", place.user_id, now)
    with pytest.raises(Conflict, match="checked-in-already"):
        roll.check_in(session, place, code_at(session, now), key=KEY, now=now)
    assert len(queries.roll_of(session)) == 1


def test_who_comes_later_is_late(place: Enrolment) -> None:
    session = sessions(place)[0]
    now = session.starts_at + timedelta(minutes=40)
    row = roll.check_in(session, place, code_at(session, now), key=KEY, now=now)
    assert row.presence == "late"


def test_the_code_of_another_session_or_of_yesterday_is_none(place: Enrolment) -> None:
    first, second = sessions(place)[:2]
    now = first.starts_at
    wrong = [code_at(second, now), code_at(first, now - timedelta(days=1)), "", "123456"]
    for typed in wrong:
        with pytest.raises(Invalid):
            roll.check_in(first, place, typed, key=KEY, now=now)
    assert queries.roll_of(first) == []


def test_outside_the_window_the_right_code_is_worth_nothing(place: Enrolment) -> None:
    session = sessions(place)[0]
    for moment, refusal in (
        (session.starts_at - timedelta(hours=1), "check-in-too-early"),
        (session.ends_at + timedelta(seconds=1), "check-in-over"),
    ):
        with pytest.raises(Conflict, match=refusal):
            roll.check_in(session, place, code_at(session, moment), key=KEY, now=moment)


def test_a_part_is_noted_with_its_minutes_or_half_the_session(place: Enrolment) -> None:
    trainer, (first, second, *rest) = make_user().id, sessions(place)
    for session, minutes in ((first, 50), (second, None)):
        mark = {place.public_id: Mark("part", minutes)}
        assert roll.take_roll(session, mark, by=trainer, now=NOW) == 1
        assert roll.take_roll(session, mark, by=trainer, now=NOW) == 0
    assert queries.shares(place.offering_id)[place.id].attended == 50 + second.minutes // 2
    for minutes in (0, first.minutes + 1):
        with pytest.raises(Invalid, match="presence-minutes"):
            roll.take_roll(rest[0], {place.public_id: Mark("part", minutes)}, by=trainer, now=NOW)


def sample_offering() -> Offering:
    found = catalogue_queries.offering_by_code("PKK204-2")
    assert found is not None
    return found


def test_the_board_and_the_telephone(sign_in: SignIn) -> None:
    offering = sample_offering()
    session = catalogue_queries.sessions_of(offering)[0]
    public_id, starts = session.public_id, session.starts_at
    with time_machine.travel(starts, tick=False):
        board = f"/offerings/{offering.public_id}/sessions/{public_id}/check-in"
        code = code_at(session, starts, running.settings().secret_key)
        shown = sign_in("trainer1").get(board)
        assert code[:3] + " " + code[3:] in shown.text
        assert sign_in("siti.hajar").get(board).status_code == 403
        visitor, here = sign_in("siti.hajar"), f"/check-in/{public_id}"
        assert f'value="{code}"' in visitor.get(f"{here}?code={code}").text
        assert visitor.post(here, data={"code": "AAAAAA"}).status_code == 422
        assert visitor.post(here, data={"code": code}).status_code == 302
        assert visitor.post(here, data={"code": code}).status_code == 422
        assert sign_in("budi").get(here).status_code == 404
        assert sign_in("budi").post(here, data={"code": code}).status_code == 404
    siti = people_queries.user_by_email("siti.hajar@sijil.example")
    assert siti is not None
    rows = db.session.scalars(
        select(Attendance).where(
            Attendance.class_session_id == session.id, Attendance.recorded_by_id == siti.id
        )
    ).all()
    assert [row.presence for row in rows] == ["present"]


def test_the_roll_takes_minutes_of_a_part(sign_in: SignIn) -> None:
    offering = sample_offering()
    session = catalogue_queries.sessions_of(offering)[0]
    person = queries.confirmed(offering.id)[0].public_id
    trainer = sign_in("trainer1")
    address = f"/offerings/{offering.public_id}/sessions/{session.public_id}"
    wrong = {f"presence-{person}": "part", f"minutes-{person}": "half"}
    assert trainer.post(address, data=wrong).status_code == 422
    right = {f"presence-{person}": "part", f"minutes-{person}": "45"}
    assert trainer.post(address, data=right).status_code == 302
    assert 'value="45"' in trainer.get(address).text
