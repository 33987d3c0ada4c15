"""Over HTTP: a trainer booked twice, and to whom a link is shown."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import rescheduling
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import StaffRole
from lms.catalogue.models import ClassSession, Offering
from lms.db import db, transaction
from lms.enrolment import service as enrolment_service
from lms.kernel import clock
from lms.people import queries as people_queries
from lms.people.models import User
from lms.timetable import service
from lms.timetable.service import RoomFacts, SessionFacts
from tests.conftest import SignIn
from tests.make import NOW, make_course, make_offering

pytestmark = pytest.mark.usefixtures("app")
LINK = "https://meet.example/a-private-room"


def person(key: str) -> User:
    found = people_queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def offered(days_on: date = date(2031, 4, 7)) -> Offering:
    offering = make_offering(make_course(people_queries.organisation_by_code("ILKS")))
    sessions = catalogue_queries.sessions_of(offering)
    moved = days_on - offering.starts_on
    offering.starts_on, offering.ends_on = offering.starts_on + moved, offering.ends_on + moved
    for each in sessions:
        each.starts_at, each.ends_at = each.starts_at + moved, each.ends_at + moved
    return offering


def with_link(offering: Offering) -> None:
    provider = offering.course_version.course.provider
    room = service.add_room(provider, RoomFacts("Bilik Kenanga", "Kuching", 30), by=None)
    session = catalogue_queries.sessions_of(offering)[0]
    facts = SessionFacts(session.starts_at, session.ends_at, room, LINK)
    service.save_session(offering, session, facts, accepted=False, by=None)


def test_a_trainer_double_booked_is_shown_both_bookings_and_saved_when_meant(
    sign_in: SignIn,
) -> None:
    with transaction():
        trainer = person("trainer2").id
        first, second = offered(), offered()
        codes = first.code, second.code
        catalogue_service.add_staff(first, person("trainer2"), StaffRole.ASSESSOR, by=None)
        second_id, second_key = second.public_id, second.id
    manager, address = sign_in("manager"), f"/offerings/{second_id}/staff?lang=en"
    asked = manager.post(address, data={"person": trainer})
    assert asked.status_code == 422
    assert "Nothing is saved yet" in asked.text
    assert all(code in asked.text for code in codes)
    assert "session 1" in asked.text
    assert "7 April 2031, 9:00" in asked.text
    assert not catalogue_queries.is_staff(second_key, trainer)
    meant = manager.post(address, data={"person": trainer, "accepted": "y"})
    assert meant.status_code == 302
    assert catalogue_queries.is_staff(second_key, trainer)
    noted = select(AuditEntry.actor_id).where(AuditEntry.action == "timetable.clash.accepted")
    assert db.session.scalar(noted) == person("manager").id


def test_a_move_onto_another_booking_is_shown_and_done_when_meant(sign_in: SignIn) -> None:
    with transaction():
        first, second = offered(), offered(date(2031, 5, 5))
        for each in (first, second):
            catalogue_service.add_staff(each, person("trainer2"), StaffRole.ASSESSOR, by=None)
        code, address = first.code, f"/offerings/{second.public_id}/move?lang=en"
    manager, wanted = sign_in("manager"), {"starts_on": "2031-04-07", "venue": "Sibu"}
    asked = manager.post(address, data=wanted)
    assert (asked.status_code, code in asked.text, "Sibu" in asked.text) == (422, True, True)
    assert manager.post(address, data=wanted | {"accepted": "y"}).status_code == 302


def test_the_manager_keeps_rooms_and_sessions(sign_in: SignIn) -> None:
    with transaction():
        offering = offered()
        session = catalogue_queries.sessions_of(offering)[0]
        address = f"/offerings/{offering.public_id}/timetable/{session.public_id}?lang=en"
    manager = sign_in("manager")
    room = {"name": "Bilik Mawar", "venue": "Kuching", "capacity": "30"}
    assert manager.post("/manage/rooms", data=room).status_code == 302
    again = manager.post("/manage/rooms?lang=en", data=room)
    assert (again.status_code, "a room of that name already" in again.text) == (422, True)
    page = manager.get(address).text
    assert "Bilik Mawar, Kuching (holds 30)" in page
    chosen = page.partition("Bilik Mawar")[0].rpartition('value="')[2].partition('"')[0]
    wrong = {"day": "2031-04-07", "begins": "10:00", "ends": "09:30", "room": chosen, "link": LINK}
    refused = manager.post(address, data=wrong)
    assert refused.status_code == 422
    assert "an end that is after" in refused.text
    assert LINK in refused.text  # what was typed stays
    assert manager.post(address, data=wrong | {"ends": "12:00"}).status_code == 302
    desk = manager.get(f"{address.partition('/timetable')[0]}?lang=en").text
    assert "10:00" in desk
    assert LINK in desk
    assert manager.post(address.replace("?", "/remove?")).status_code == 302


def test_a_link_is_shown_to_who_has_the_seat_and_to_staff_alone(sign_in: SignIn) -> None:
    with transaction():
        offering = offered()
        catalogue_service.add_staff(offering, person("trainer1"), StaffRole.ASSESSOR, by=None)
        with_link(offering)
        offering.pools[0].capacity = 1
        seat, queued = (
            enrolment_service.enrol(offering, person(key), by=None, now=NOW).public_id
            for key in ("priya", "farid.ismail")
        )
        offering_id, course = offering.public_id, offering.course_version.public_id
    desk = f"/offerings/{offering_id}"
    learner, coordinator = sign_in("priya"), sign_in("coordinator")
    for page in (f"/places/{seat}", "/my-training", f"/places/{seat}/calendar.ics"):
        assert LINK in learner.get(page).text, page
    for key in ("trainer1", "manager"):
        assert LINK in sign_in(key).get(desk).text
    for visitor, page in [
        (learner, f"/courses/{course}"),
        (sign_in("farid.ismail"), f"/places/{queued}"),
        (sign_in("farid.ismail"), "/my-training"),
        (sign_in("farid.ismail"), f"/places/{queued}/calendar.ics"),
        (sign_in("amirul"), f"{desk}/enrol"),
        (sign_in("amirul"), f"{desk}/calendar.ics"),
        (coordinator, f"/places/{seat}"),
    ]:
        answer = visitor.get(page)
        assert answer.status_code == 200, page
        assert LINK not in answer.text, page
    assert "Bilik Kenanga" in sign_in("amirul").get(f"{desk}/enrol").text
    assert sign_in("amirul").get(f"/places/{seat}/calendar.ics").status_code == 404
    assert learner.post(f"/places/{seat}/withdraw").status_code == 302
    assert LINK not in learner.get(f"/places/{seat}").text


def test_who_enrols_is_warned_of_what_else_they_do_then(sign_in: SignIn) -> None:
    with transaction():
        one, other = offered(), offered()
        enrolment_service.enrol(one, person("amirul"), by=None, now=NOW)
        other.opens_at, other.closes_at = clock.now().replace(year=2020), one.closes_at
        other.closes_at = clock.now().replace(year=2099)
        code, address = one.code, f"/offerings/{other.public_id}/enrol"
    learner = sign_in("amirul")
    page = learner.get(f"{address}?lang=en").text
    assert "You have something else at that time" in page
    assert code in page
    assert learner.post(address).status_code == 302


def seen_in(page: str) -> dict[str, str]:
    found = re.search(r'name="row_version"[^>]* value="(\d+)"', page)
    assert found is not None
    return {"row_version": found[1]}


def test_the_later_of_two_who_save_a_session_sees_what_the_earlier_saved(sign_in: SignIn) -> None:
    """Both opened the form before either saved it."""
    with transaction():
        offering = offered()
        session = catalogue_queries.sessions_of(offering)[0]
        session_id = session.id
        address = f"/offerings/{offering.public_id}/timetable/{session.public_id}?lang=en"
    manager = sign_in("manager")
    seen = seen_in(manager.get(address).text) | {"day": "2031-04-07", "room": ""}
    first = seen | {"begins": "10:00", "ends": "12:00", "link": LINK}
    second = seen | {"begins": "10:30", "ends": "12:00", "link": "https://meet.example/other"}
    assert manager.post(address, data=first).status_code == 302
    answer = manager.post(address, data=second)
    assert answer.status_code == 409
    told = answer.text.split('id="saved-meanwhile"')[1].split("</section>")[0]
    assert ("10:00" in told, LINK in told, "12:00" in told) == (True, True, False)
    assert 'value="https://meet.example/other"' in answer.text  # what was typed stays
    now = db.session.get_one(ClassSession, session_id, populate_existing=True)
    assert now.starts_at.isoformat() == "2031-04-07T02:00:00+00:00"
    assert manager.post(address, data=second | seen_in(answer.text)).status_code == 302
    db.session.refresh(now)
    assert now.starts_at.isoformat() == "2031-04-07T02:30:00+00:00"


def test_a_move_of_the_offering_overtakes_who_edits_a_session(sign_in: SignIn) -> None:
    with transaction():
        offering = offered()
        session = catalogue_queries.sessions_of(offering)[0]
        offering_id, address = offering.id, f"/offerings/{offering.public_id}/timetable"
        address = f"{address}/{session.public_id}?lang=en"
    manager = sign_in("manager")
    seen = seen_in(manager.get(address).text)
    with transaction():
        found = db.session.get_one(Offering, offering_id)
        rescheduling.move(found, found.starts_on, "Sibu", by=None, now=NOW)
    typed = {"day": "2031-04-07", "begins": "10:30", "ends": "12:00", "room": "", "link": ""}
    assert manager.post(address, data=typed | seen).status_code == 409
