"""Of sessions side by side a person attends the one they chose, and the room is never too full."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy.exc
import time_machine
from flask import Flask
from flask_babel import force_locale
from icalendar import Calendar
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import rescheduling
from lms.catalogue.models import ClassSession, Offering
from lms.db import db, transaction
from lms.enrolment import choice_queries
from lms.enrolment import queries as enrolment_queries
from lms.enrolment import roll as taking
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment, SessionChoice
from lms.enrolment.rules import Mark
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.kernel.text import in_language
from lms.mail.models import MailMessage
from lms.people import membership
from lms.people.models import User
from lms.timetable import agenda, choosing, queries, service
from lms.web import filters
from tests.conftest import signed_in
from tests.enrolment.at_once import at_once
from tests.make import make_manager, make_organisation, make_user, own_app
from tests.timetable.test_feeds import address_of, entries, running

HOUR = timedelta(hours=1)
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def event(app: Flask) -> tuple[Offering, ClassSession, ClassSession]:
    """An offering with a second session beside its first, which lasts into no other."""
    del app
    with transaction():
        offering = running()
        first = catalogue_queries.sessions_of(offering)[0]
        facts = service.SessionFacts(first.starts_at, first.ends_at)
        beside = service.save_session(offering, None, facts, accepted=True, by=None)
    return offering, first, beside


def seated(offering: Offering, user: User | None = None) -> Enrolment:
    user = user or make_user()
    return enrolment_service.enrol(offering, user, by=user.id, now=clock.now())


def taken_by(place: Enrolment) -> list[ClassSession]:
    return [each.class_session for each in choice_queries.of_place(place)]


def choose(place: Enrolment, session: ClassSession) -> None:
    with transaction():
        choosing.choose(place, session, by=place.user_id, now=clock.now())


def attending(offering: Offering, session: ClassSession) -> Enrolment:
    """The place of somebody who has chosen a session."""
    with transaction():
        place = seated(offering)
    choose(place, session)
    return place


def put_in_room(offering: Offering, session: ClassSession, capacity: int) -> None:
    provider = offering.course_version.course.provider
    room = service.add_room(provider, service.RoomFacts(f"R{session.id}", "X", capacity), by=None)
    facts = service.SessionFacts(session.starts_at, session.ends_at, room)
    service.save_session(offering, session, facts, accepted=True, by=None)


def test_a_person_chooses_one_for_each_time_and_may_choose_anew(
    event: tuple[Offering, ClassSession, ClassSession], app: Flask
) -> None:
    offering, first, beside = event
    with transaction():
        place = seated(offering)
    visitor = signed_in(app, place.user.email)
    feed = address_of(visitor)
    every = [one.public_id for one in catalogue_queries.sessions_of(offering)]
    assert set(entries(app, feed)) == set(every)  # all, while nothing is chosen
    page = f"/places/{place.public_id}"
    buttons = set(re.findall(rf'action="({page}/sessions/\w+/choice)"', visitor.get(page).text))
    assert buttons == {f"{page}/sessions/{one.public_id}/choice" for one in (first, beside)}
    for wanted, other in ((first, beside), (beside, first), (beside, first)):
        path = f"{page}/sessions/{wanted.public_id}/choice"
        assert visitor.post(path, data={"decision": "yes"}).status_code == 302
        assert taken_by(place) == [wanted]
        left = set(every) - {other.public_id}
        assert set(entries(app, feed)) == left
        own = Calendar.from_ical(visitor.get(f"{page}/calendar.ics").data)
        assert {str(one["uid"]).partition("@")[0] for one in own.walk("VEVENT")} == left
    soonest = queries.next_of_person(place.user_id, clock.now(), 1)
    assert [session.id for session, *_ in soonest] == [beside.id]
    path = f"{page}/sessions/{beside.public_id}/choice"
    assert visitor.post(path, data={"decision": "no"}).status_code == 302
    assert taken_by(place) == []
    noted = select(AuditEntry.action).where(AuditEntry.action.like("timetable.session.%"))
    noted = noted.where(AuditEntry.actor_id == place.user_id).order_by(AuditEntry.id)
    assert [one.rpartition(".")[2] for one in db.session.scalars(noted)] == [
        "chosen",
        "chosen",
        "left",
    ]


def test_what_shares_time_stands_together_wherever_sessions_are_a_timetable(
    event: tuple[Offering, ClassSession, ClassSession], app: Flask, count_statements: Counting
) -> None:
    offering, first, beside = event
    with transaction():
        place = seated(offering)
        manager = make_manager(offering.course_version.course.provider)
    assert (first.position, beside.position) == (1, 5)
    visitor, desk = signed_in(app, place.user.email), signed_in(app, manager.email)
    page, list_ = f"/places/{place.public_id}?lang=en", f"/offerings/{offering.public_id}?lang=en"
    for reader, address in ((visitor, page), (desk, list_)):
        rows = re.findall(r'<th scope="row"><span[^>]*>Session (\d+)', reader.get(address).text)
        assert rows == ["1", "5", "2", "3", "4"]
    sheet = desk.get(f"/offerings/{offering.public_id}/roster?lang=en").text
    assert re.findall(r'<th scope="col">Session (\d+)', sheet) == ["1", "5", "2"]
    file = desk.get(f"/offerings/{offering.public_id}/roster?as=csv&lang=en").text
    columns = re.findall(r"Session (\d+)", file)
    assert columns == ["1", "2", "3", "4", "5"]  # who moves a session moves no column
    with count_statements() as few:
        visitor.get(page)
    with transaction():
        for _ in range(3):
            facts = service.SessionFacts(first.starts_at, first.ends_at)
            service.save_session(offering, None, facts, accepted=True, by=None)
    with count_statements() as many:
        assert visitor.get(page).text.count("/choice") == 5
    assert len(many) == len(few)


def test_only_who_has_the_seat_chooses_and_only_there(
    event: tuple[Offering, ClassSession, ClassSession], app: Flask
) -> None:
    offering, first, _ = event
    with transaction():
        place, elsewhere = seated(offering), running()
        stranger: User = make_user()
    page = f"/places/{place.public_id}/sessions"
    yes = {"decision": "yes"}
    path = f"{page}/{first.public_id}/choice"
    assert signed_in(app, stranger.email).post(path, data=yes).status_code == 404
    visitor = signed_in(app, place.user.email)
    other = catalogue_queries.sessions_of(elsewhere)[0].public_id
    assert visitor.post(f"{page}/{other}/choice", data=yes).status_code == 404
    alone = catalogue_queries.sessions_of(offering)[-1].public_id
    assert visitor.post(f"{page}/{alone}/choice", data=yes).status_code == 409
    assert visitor.post(path, data={"decision": "perhaps"}).status_code == 422
    with transaction():
        place.state = "waiting"
    assert visitor.post(path, data=yes).status_code == 409
    assert "/choice" not in visitor.get(f"/places/{place.public_id}").text


def test_a_room_takes_no_more_than_it_holds_and_an_ended_place_frees_its_ticket(
    event: tuple[Offering, ClassSession, ClassSession],
) -> None:
    offering, first, _ = event
    with transaction():
        put_in_room(offering, first, 2)
        one, two, three = (seated(offering) for _ in range(3))
    choose(one, first)
    choose(two, first)
    with pytest.raises(Conflict, match="choice-full"):
        choose(three, first)
    with transaction():
        enrolment_service.withdraw(one, by=one.user_id, now=clock.now())
    choose(three, first)
    tickets = select(SessionChoice.seat).where(SessionChoice.class_session_id == first.id)
    assert sorted(db.session.scalars(tickets)) == [1, 2]
    double = SessionChoice(enrolment_id=one.id, class_session_id=first.id, seat=1)
    db.session.add(double)
    with pytest.raises(sqlalchemy.exc.IntegrityError):  # the database says no, too
        db.session.flush()


def test_a_choice_stands_from_the_beginning_of_the_session_on(
    event: tuple[Offering, ClassSession, ClassSession],
) -> None:
    offering, first, beside = event
    with transaction():
        later = service.SessionFacts(first.starts_at + HOUR / 2, first.ends_at)
        service.save_session(offering, beside, later, accepted=True, by=None)
        place = seated(offering)
    choose(place, first)
    with pytest.raises(Conflict, match="choice-over"):
        choosing.choose(place, beside, by=place.user_id, now=first.starts_at)
    with pytest.raises(Conflict, match="choice-over"):
        choosing.give_up(place, first, by=place.user_id, now=first.starts_at)
    assert taken_by(place) == [first]


def test_a_session_at_another_time_or_none_is_chosen_by_nobody(
    event: tuple[Offering, ClassSession, ClassSession],
) -> None:
    offering, first, beside = event
    one, two = attending(offering, first), attending(offering, beside)
    with transaction():
        later = service.SessionFacts(first.starts_at + HOUR / 4, first.ends_at)
        service.save_session(offering, first, later, accepted=True, by=None)
        service.remove_session(offering, beside, by=None)
    assert taken_by(one) == taken_by(two) == []


def told(place: Enrolment, kind: str = "timetable/choice_ended") -> list[MailMessage]:
    query = select(MailMessage).where(MailMessage.about == place.public_id)
    return list(db.session.scalars(query.where(MailMessage.kind == kind)))


def move_by(offering: Offering, session: ClassSession, by: timedelta, *, tell: bool) -> None:
    facts = service.SessionFacts(session.starts_at + by, session.ends_at + by, tell=tell)
    with transaction():
        service.save_session(offering, session, facts, accepted=True, by=None)


def test_whose_chosen_session_is_moved_is_told_once_in_their_language(
    event: tuple[Offering, ClassSession, ClassSession], app: Flask
) -> None:
    offering, first, beside = event
    with transaction():
        titles = agenda.TopicFacts({"ms": "Data kes", "en": "Case data"}, "", [])
        agenda.save_topic(offering, first, titles, by=None)
        one, two, three = (seated(offering) for _ in range(3))
        one.user.locale = "ms"
    for place, session in ((one, first), (two, beside), (three, first)):
        choose(place, session)
    with transaction():
        enrolment_service.withdraw(three, by=three.user_id, now=clock.now())
        before = first.starts_at
    for shift in (HOUR / 4, HOUR * 0):  # the second time nothing changes
        move_by(offering, first, shift, tell=False)
    (mail,) = told(one)
    assert (mail.address, mail.locale, mail.cause) == (one.user.email, "ms", "choice_moved")
    assert in_language(offering.course_version.titles, "ms") in mail.subject
    with app.test_request_context(), force_locale("ms"):
        zone = offering.course_version.course.provider.timezone
        moments = [filters.moment(each, zone) for each in (before, first.starts_at)]
    words = ("dihormati", "Data kes", *moments, f"/places/{one.public_id}#timetable")
    assert [each for each in words if each not in mail.text or each not in mail.html] == []
    assert f"DTSTART:{first.starts_at:%Y%m%dT%H%M%SZ}" in mail.calendar
    assert told(two) == told(three) == []
    page = signed_in(app, one.user.email).get(f"/places/{one.public_id}?lang=en").text
    assert "A chosen session is at another time" in page


def test_one_mail_a_deed_also_when_everybody_is_told(
    event: tuple[Offering, ClassSession, ClassSession],
) -> None:
    offering, first, _ = event
    with transaction():
        offering.copies = ["line_manager"]
        office = make_organisation()
        officer, head = (make_user(name, organisation=office) for name in ("Ali", "Head"))
        membership.set_line_manager(officer, head.email, by=head.id)
        one, two = seated(offering, officer), seated(offering)
    choose(one, first)
    moved, copy = "enrolment/moved", "enrolment/copy"
    copies = len(told(one, copy))
    move_by(offering, first, HOUR / 4, tell=True)
    assert [len(told(each)) for each in (one, two)] == [1, 0]
    assert [len(told(each, moved)) for each in (one, two)] == [0, 1]
    assert len(told(one, copy)) == copies + 1  # who gets copies gets that of the move
    move_by(offering, first, HOUR / 4, tell=True)
    assert [len(told(each, moved)) for each in (one, two)] == [1, 2]
    assert len(told(one)) == 1


def test_whose_chosen_session_is_taken_out_is_told_and_it_leaves_their_calendar(
    event: tuple[Offering, ClassSession, ClassSession],
) -> None:
    offering, first, beside = event
    one, two = attending(offering, beside), attending(offering, first)
    with transaction():
        one.user.locale = "en"
    gone = beside.public_id
    with transaction():
        service.remove_session(offering, beside, by=None)
    (mail,) = told(one)
    assert (mail.cause, told(two)) == ("choice_removed", [])
    assert mail.subject.startswith("A session you chose is not held")
    assert "Session 5" in mail.text
    assert "New time" not in mail.text
    file = Calendar.from_ical(mail.calendar)
    (entry,) = file.walk("VEVENT")
    assert (str(file["method"]), str(entry["status"])) == ("CANCEL", "CANCELLED")
    assert str(entry["uid"]).partition("@")[0] == gone
    assert int(str(entry["sequence"])) > offering.sequence


def test_nobody_is_told_of_times_that_have_been_or_of_a_move_of_the_whole_offering(
    event: tuple[Offering, ClassSession, ClassSession],
) -> None:
    offering, first, beside = event
    one, two = attending(offering, first), attending(offering, beside)
    with transaction():
        later = offering.starts_on + timedelta(days=7)
        rescheduling.move(offering, later, offering.venue, by=None, now=clock.now())
    assert taken_by(one) == [first]  # moved along with all others
    with time_machine.travel(first.ends_at + HOUR, tick=False):
        move_by(offering, first, HOUR / 4, tell=False)  # put down as it was
        with transaction():
            service.remove_session(offering, beside, by=None)
    assert taken_by(one) + taken_by(two) == []
    assert told(one) + told(two) == []


def test_the_roll_has_who_chose_it_first_and_the_time_counts_wherever_somebody_sat(
    event: tuple[Offering, ClassSession, ClassSession], app: Flask
) -> None:
    offering, first, beside = event
    with transaction():
        manager = make_manager(offering.course_version.course.provider)
        places = [seated(offering, make_user(name)) for name in ("Ali", "Bina", "Chen")]
    ali, bina, chen = places
    choose(bina, first)
    choose(chen, beside)
    desk = signed_in(app, manager.email)
    page = desk.get(f"/offerings/{offering.public_id}/sessions/{first.public_id}?lang=en").text
    assert re.findall(r"<legend>(\w+)</legend>", page) == ["Bina", "Ali", "Chen"]
    assert page.index("Chose this session") < page.index("Bina") < page.index("Others with a seat")
    checked = dict(re.findall(r'name="presence-(\w+)" value="(\w+)" checked', page))
    assert checked == {bina.public_id: "present", ali.public_id: "absent", chen.public_id: "absent"}
    with transaction():
        for session, who in ((first, bina), (beside, chen)):
            marks = {one.public_id: Mark("present" if one is who else "absent") for one in places}
            taking.take_roll(session, marks, by=manager.id, now=clock.now())
    shares = enrolment_queries.shares(offering.id)
    assert shares[bina.id].attended == shares[chen.id].attended == first.minutes
    assert shares[ali.id].attended == 0


def test_of_two_who_ask_at_once_one_gets_the_last_ticket(tmp_path: Path) -> None:
    with own_app("choosing_race", tmp_path) as app:
        with app.app_context(), transaction():
            offering = running()
            first = catalogue_queries.sessions_of(offering)[0]
            facts = service.SessionFacts(first.starts_at, first.ends_at)
            service.save_session(offering, None, facts, accepted=True, by=None)
            put_in_room(offering, first, 1)
            session_id, places = first.id, [seated(offering).id for _ in range(2)]

        def asked(place_id: int) -> Callable[[], str]:
            def ask() -> str:
                place = db.session.get_one(Enrolment, place_id)
                choose(place, db.session.get_one(ClassSession, session_id))
                return "chosen"

            return ask

        assert sorted(at_once(app, [asked(one) for one in places])) == ["choice-full", "chosen"]
