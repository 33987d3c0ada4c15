"""A copy has everything of an offering but its people and its private links."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.catalogue import lifecycle
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering, SeatTerms
from lms.db import db, transaction
from lms.enrolment import changing
from lms.enrolment import queries as enrolment_queries
from lms.kernel.errors import Conflict
from lms.people import queries as people_queries
from lms.timetable import clashing, copying, queries, service
from lms.timetable.copying import CopyFacts
from lms.timetable.rules import DoubleBooked, Kind
from lms.timetable.service import RoomFacts
from tests.conftest import SignIn
from tests.make import (
    NOW,
    fresh,
    make_course,
    make_offering,
    make_organisation,
    make_place,
    make_user,
    publish,
)
from tests.timetable.test_service import put

pytestmark = pytest.mark.usefixtures("app")
MONDAY = date(2027, 4, 5)


def facts(starts_on: date, *, same_weekday: bool = True) -> CopyFacts:
    return CopyFacts(fresh("O"), starts_on, NOW, NOW + timedelta(days=9), same_weekday)


def full() -> Offering:
    """An offering with a room, a link, a trainer, terms and a place."""
    offering = make_offering(capacity=7)
    provider = offering.course_version.course.provider
    room = service.add_room(provider, RoomFacts("Bilik 1", "Kuching", 30), by=None)
    put(offering, room)
    service.name_trainer(offering, make_user("Salmah"), accepted=False, by=None)
    changing.set_terms(offering, make_organisation(), rank=0, quota=2, by=None)
    offering.approvals, offering.offer_hours = ["agency"], 12
    make_place(offering)
    return offering


def test_everything_is_taken_over_but_people_and_links() -> None:
    source = full()
    copy = copying.copy(source, facts(date(2027, 5, 5)), accepted=False, by=None)
    assert (copy.starts_on, copy.ends_on) == (date(2027, 5, 10), date(2027, 5, 11))
    assert (copy.state, copy.venue, copy.offer_hours) == ("planned", source.venue, 12)
    assert copy.approvals == ["agency"]
    assert [(pool.mode, pool.capacity, pool.taken) for pool in copy.pools] == [("in_person", 7, 0)]
    before, after = (catalogue_queries.sessions_of(each) for each in (source, copy))
    assert [each.starts_at + timedelta(days=35) for each in before] == [
        each.starts_at for each in after
    ]
    (meeting,) = queries.meetings_of(copy).values()
    assert (meeting.room and meeting.room.name, meeting.link) == ("Bilik 1", "")
    assert [each.user.name for each in catalogue_queries.staff_of(copy)] == ["Salmah"]
    terms = db.session.scalars(select(SeatTerms).where(SeatTerms.offering_id == copy.id)).one()
    assert (terms.rank, terms.quota, terms.taken) == (0, 2, 0)
    assert enrolment_queries.roster(copy) == []


def test_a_copy_at_the_same_time_books_rooms_and_trainers_twice() -> None:
    source = full()
    with pytest.raises(DoubleBooked) as refused, transaction():
        copying.copy(source, facts(MONDAY), accepted=False, by=None)
    kinds = [each.wanted.kind for each in refused.value.clashes]
    assert (kinds.count(Kind.ROOM), kinds.count(Kind.TRAINER)) == (1, 4)


def test_a_copy_is_of_the_published_version_or_of_none() -> None:
    version = make_course()
    source = make_offering(version)
    newer = lifecycle.begin(version, by=None)
    publish(newer)
    copy = copying.copy(source, facts(MONDAY), accepted=False, by=None)
    assert copy.course_version_id == newer.id
    lifecycle.retire(newer, "Out of date", by=None, now=NOW)
    with pytest.raises(Conflict, match="course-retired"):
        copying.copy(source, facts(MONDAY), accepted=False, by=None)


def test_sessions_keep_their_hour_over_summer_time() -> None:
    provider = make_organisation()
    provider.timezone = "Europe/Berlin"
    source, zone = make_offering(make_course(provider), days=1), ZoneInfo("Europe/Berlin")
    copy = copying.copy(source, facts(date(2027, 11, 8)), accepted=False, by=None)
    hours = [
        [each.starts_at.astimezone(zone).hour for each in clashing.slots_of(offering)]
        for offering in (source, copy)
    ]
    assert hours == [[9, 14], [9, 14]]


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_the_first_day_is_the_next_of_its_weekday(before: date, asked: date) -> None:
    found = copying.first_day(before, asked, same_weekday=True)
    assert found.weekday() == before.weekday()
    assert 0 <= (found - asked).days < 7
    assert copying.first_day(before, asked, same_weekday=False) == asked


def test_the_manager_copies_on_the_desk(sign_in: SignIn) -> None:
    with transaction():
        source = make_offering(make_course(people_queries.organisation_by_code("ILKS")))
        code, address = source.code, f"/offerings/{source.public_id}/copy?lang=en"
    manager = sign_in("manager")
    assert "People and online links are not" in manager.get(address).text
    sent = {"starts_on": "2031-04-07", "opens_on": "2031-01-01", "closes_on": "2031-03-01"}
    taken = manager.post(address, data=sent | {"code": code})
    assert (taken.status_code, "has this code" in taken.text) == (422, True)
    impossible = manager.post(address, data=sent | {"code": fresh(), "closes_on": "2030-01-01"})
    assert (impossible.status_code, "do not fit" in impossible.text) == (422, True)
    made = manager.post(address, data=sent | {"code": "COPY-1"})
    assert made.status_code == 302
    found = catalogue_queries.offering_by_code("COPY-1")
    assert found is not None
    starts = catalogue_queries.sessions_of(found)[0].starts_at
    assert starts == datetime(2031, 4, 7, 1, 0, tzinfo=starts.tzinfo)
