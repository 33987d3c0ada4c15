"""Rooms and sessions, and what is booked twice."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import rescheduling
from lms.catalogue.models import Offering
from lms.db import db
from lms.enrolment import roll
from lms.enrolment import service as enrolment_service
from lms.enrolment.rules import Mark
from lms.kernel.errors import Conflict, Invalid
from lms.mail.models import MailMessage
from lms.people.models import Organisation
from lms.timetable import clashing, queries, service
from lms.timetable.models import Room
from lms.timetable.rules import DoubleBooked, Kind
from lms.timetable.service import RoomFacts, SessionFacts
from tests.make import NOW, make_course, make_offering, make_organisation, make_place, make_user

pytestmark = pytest.mark.usefixtures("app")
Counting = Callable[[], AbstractContextManager[list[str]]]


def make_room(provider: Organisation, name: str = "Bilik 1") -> Room:
    return service.add_room(provider, RoomFacts(name, "Kuching", 30), by=None)


def provider_of(offering: Offering) -> Organisation:
    return offering.course_version.course.provider


def put(offering: Offering, room: Room | None, *, number: int = 0, accepted: bool = False) -> None:
    session = catalogue_queries.sessions_of(offering)[number]
    facts = SessionFacts(session.starts_at, session.ends_at, room, "https://meet.example/x")
    service.save_session(offering, session, facts, accepted=accepted, by=None)


def accepted_clashes() -> list[list[str]]:
    query = select(AuditEntry.details).where(
        AuditEntry.action == "timetable.clash.accepted", AuditEntry.actor_id.is_(None)
    )
    return [details["clashes"] for details in db.session.scalars(query)]


def test_a_venue_has_one_room_of_a_name_whatever_its_case() -> None:
    provider = make_organisation()
    one, other = make_room(provider), make_room(provider, "Bilik 2")
    with pytest.raises(Conflict, match="room-name-taken"):
        make_room(provider, "BILIK  1")
    with pytest.raises(Conflict, match="room-name-taken"):
        service.change_room(other, RoomFacts("bilik 1", "Kuching", 9), by=None)
    service.change_room(one, RoomFacts("Bilik 1", "Kuching", 20, active=False), by=None)
    assert queries.rooms_of(provider.id) == [other]
    make_room(make_organisation())


def test_a_room_booked_twice_is_refused_until_it_is_meant_and_that_is_recorded() -> None:
    first = make_offering()
    provider = provider_of(first)
    second, room = make_offering(make_course(provider)), make_room(provider)
    put(first, room)
    put(first, room)  # itself is no clash
    put(second, room, number=1)  # the afternoon
    with pytest.raises(DoubleBooked) as refused:
        put(second, room)
    (clash,) = refused.value.clashes
    assert (clash.wanted.code, clash.standing.code) == (second.code, first.code)
    assert (clash.standing.number, clash.standing.room) == (1, "Bilik 1")
    assert accepted_clashes() == []
    put(second, room, accepted=True)
    assert accepted_clashes() == [[f"room {room.id}: {second.code}/1, {first.code}/1"]]
    rescheduling.cancel(first, "Flood", by=None, now=NOW)
    put(second, room)


def test_a_trainer_is_warned_of_for_sessions_and_for_being_named() -> None:
    first, second, trainer = make_offering(), make_offering(), make_user("Salmah")
    service.name_trainer(first, trainer, accepted=False, by=None)
    with pytest.raises(DoubleBooked) as refused:
        service.name_trainer(second, trainer, accepted=False, by=None)
    assert len(refused.value.clashes) == len(catalogue_queries.sessions_of(second))
    assert {each.wanted.kind for each in refused.value.clashes} == {Kind.TRAINER}
    service.name_trainer(second, trainer, accepted=True, by=None)
    with pytest.raises(DoubleBooked):
        put(second, None)
    rescheduling.cancel(first, "Flood", by=None, now=NOW)
    put(second, None)


def test_a_move_onto_other_bookings_is_refused_until_it_is_meant() -> None:
    first, second, trainer = make_offering(), make_offering(), make_user("Salmah")
    rescheduling.move(second, date(2027, 5, 3), "Kuching", by=None, now=NOW)
    for each in (first, second):
        service.name_trainer(each, trainer, accepted=False, by=None)
    with pytest.raises(DoubleBooked) as refused:
        rescheduling.move(second, date(2027, 4, 6), "Kuching", by=None, now=NOW)
    assert len(refused.value.clashes) == 2  # the second day of one is the first of the other
    day = first.starts_on
    rescheduling.move(second, day, "Sibu", by=None, now=NOW, accepted=True)
    assert second.starts_on == day


def test_a_move_to_another_venue_releases_the_rooms_and_keeps_the_links() -> None:
    offering = make_offering()
    room = make_room(provider_of(offering))
    put(offering, room)
    rescheduling.move(offering, date(2027, 5, 3), "Kuching", by=None, now=NOW)
    assert [each.room_id for each in queries.meetings_of(offering).values()] == [room.id]
    rescheduling.move(offering, date(2027, 5, 3), "Sibu", by=None, now=NOW)
    (meeting,) = queries.meetings_of(offering).values()
    assert (meeting.room_id, bool(meeting.link)) == (None, True)


def test_people_are_told_of_a_changed_session_when_asked_to() -> None:
    offering = make_offering()
    place, session = make_place(offering), catalogue_queries.sessions_of(offering)[0]
    later = SessionFacts(session.starts_at + timedelta(hours=1), session.ends_at, tell=True)
    service.save_session(offering, session, later, accepted=False, by=None)
    put(offering, None)
    told = db.session.scalars(
        select(MailMessage.address).where(MailMessage.kind == "enrolment/moved")
    )
    assert list(told) == [place.user.email]


def test_a_participant_clashes_with_what_they_attend_or_teach() -> None:
    one, other, user = make_offering(capacity=1), make_offering(), make_user()
    assert clashing.of_participant(other, user) == []
    make_place(one)
    waiting = make_place(one, user)
    found = clashing.of_participant(other, user)
    assert {each.standing.code for each in found} == {one.code}
    enrolment_service.withdraw(waiting, by=None, now=NOW)
    assert clashing.of_participant(other, user) == []
    service.name_trainer(one, user, accepted=False, by=None)
    assert len(clashing.of_participant(other, user)) == 4


def test_the_question_costs_the_same_at_any_number_of_bookings(count_statements: Counting) -> None:
    first, user = make_offering(), make_user()
    make_place(first, user)
    wanted = make_offering()
    clashing.of_participant(wanted, user)  # now its course and provider are loaded
    with count_statements() as few:
        assert len(clashing.of_participant(wanted, user)) == 4
    for _ in range(4):
        make_place(make_offering(), user)
    db.session.flush()
    with count_statements() as many:
        assert len(clashing.of_participant(wanted, user)) == 20
    assert len(many) == len(few) <= 4


def test_times_move_the_sequence_and_stay_once_the_roll_is_taken() -> None:
    offering, by = make_offering(), make_user().id
    session = catalogue_queries.sessions_of(offering)[0]
    later = session.starts_at + timedelta(minutes=30)
    facts = SessionFacts(later, session.ends_at)
    service.save_session(offering, session, facts, accepted=False, by=None)
    assert (session.starts_at, offering.sequence) == (later, 1)
    put(offering, None)
    assert offering.sequence == 1
    place = make_place(offering)
    marks = {place.public_id: Mark("present")}
    roll.take_roll(session, marks, by=by, now=session.ends_at)
    for deed in (_sooner, _gone):
        with pytest.raises(Conflict, match="session-has-roll"):
            deed(offering, later)


def _sooner(offering: Offering, starts: datetime) -> None:
    session = catalogue_queries.sessions_of(offering)[0]
    facts = SessionFacts(starts - timedelta(minutes=5), session.ends_at)
    service.save_session(offering, session, facts, accepted=False, by=None)


def _gone(offering: Offering, _starts: datetime) -> None:
    service.remove_session(offering, catalogue_queries.sessions_of(offering)[0], by=None)


def test_sessions_are_added_at_the_end_and_removed_with_where_they_meet() -> None:
    offering = make_offering()
    last = catalogue_queries.sessions_of(offering)[-1]
    facts = SessionFacts(last.ends_at, last.ends_at + timedelta(hours=1), None, "https://a.example")
    made = service.save_session(offering, None, facts, accepted=False, by=None)
    assert (made.position, offering.sequence) == (last.position + 1, 1)
    service.remove_session(offering, made, by=None)
    assert len(catalogue_queries.sessions_of(offering)) == last.position
    assert queries.meetings_of(offering) == {}


def test_a_room_of_another_provider_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        put(make_offering(), make_room(make_organisation()))
    assert refused.value.fields == {"room": "room-of-another"}


def test_the_trail_never_holds_a_link() -> None:
    put(make_offering(), None)
    details = [str(each) for each in db.session.scalars(select(AuditEntry.details))]
    assert not any("meet.example" in each for each in details)
