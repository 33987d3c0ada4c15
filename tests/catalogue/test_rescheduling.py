"""An offering at another time, in another place, or not at all: everybody is told once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.catalogue import queries, rescheduling, service
from lms.catalogue.models import ClassSession, Offering
from lms.db import db, transaction
from lms.enrolment import service as enrolment_service
from lms.kernel.errors import Conflict, Invalid
from lms.mail.models import MailMessage
from lms.people import queries as people_queries
from tests.conftest import SignIn
from tests.make import NOW, make_course, make_offering, make_organisation, make_place, make_user

pytestmark = pytest.mark.usefixtures("app")


def mails(kind: str) -> list[str]:
    query = select(MailMessage.address).where(MailMessage.kind == kind)
    return sorted(db.session.scalars(query))


def times(offering: Offering) -> list[tuple[object, object]]:
    query = select(ClassSession).where(ClassSession.offering_id == offering.id)
    found = db.session.scalars(query.order_by(ClassSession.position))
    return [(one.starts_at, one.ends_at) for one in found]


def test_cancelling_ends_every_place_and_tells_each_person_once() -> None:
    offering = make_offering(capacity=1)
    places = [make_place(offering) for _ in range(3)]
    gone = make_place(offering)
    enrolment_service.withdraw(gone, by=None, now=NOW)
    before = mails("enrolment/place")
    rescheduling.cancel(offering, " A flood ", by=None, now=NOW)
    assert [place.state for place in places] == ["cancelled"] * 3
    assert gone.state == "withdrawn"
    told = mails("enrolment/place")
    assert len(told) - len(before) == 3
    (pool,) = offering.pools
    assert (pool.taken, pool.waiting, pool.accepting) == (0, 0, False)
    with pytest.raises(Conflict, match="offering-cancelled"):
        rescheduling.cancel(offering, "again", by=None, now=NOW)
    with pytest.raises(Conflict, match="offering-not-open"):
        make_place(offering)
    for verb in (service.open_offering, service.close_offering):
        with pytest.raises(Conflict, match="offering-cancelled"):
            verb(offering, by=None)


def test_cancelling_needs_a_reason_and_a_future() -> None:
    offering = make_offering()
    with pytest.raises(Invalid):
        rescheduling.cancel(offering, "  ", by=None, now=NOW)
    with pytest.raises(Conflict, match="offering-over"):
        rescheduling.cancel(offering, "late", by=None, now=NOW + timedelta(days=60))
    assert offering.state == "open"


def test_moving_takes_the_sessions_along_by_the_clock_on_the_wall() -> None:
    provider = make_organisation()
    provider.timezone = "Europe/Berlin"  # summer time begins on 28 March 2027
    offering = make_offering(make_course(provider), days=2)
    offering.starts_on, offering.ends_on = date(2027, 3, 22), date(2027, 3, 23)
    before = times(offering)
    place, moved_on = make_place(offering), date(2027, 3, 29)
    rescheduling.move(offering, moved_on, "Kuantan", by=None, now=NOW)
    assert (offering.starts_on, offering.ends_on) == (moved_on, date(2027, 3, 30))
    assert (offering.venue, offering.sequence) == ("Kuantan", 1)
    after = times(offering)
    assert len(before) == len(after) == 4
    assert mails("enrolment/moved") == [place.user.email]
    assert place.state == "confirmed"


def test_moving_must_change_something_and_lead_into_the_future() -> None:
    offering = make_offering()
    with pytest.raises(Invalid, match="offering-not-moved"):
        rescheduling.move(offering, offering.starts_on, offering.venue, by=None, now=NOW)
    with pytest.raises(Invalid) as refused:
        rescheduling.move(offering, date(2027, 3, 9), "Kuantan", by=None, now=NOW)
    assert refused.value.fields == {"starts_on": "offering-in-the-past"}
    assert offering.sequence == 0


def test_sessions_keep_their_hour_over_summer_time() -> None:
    from zoneinfo import ZoneInfo

    provider = make_organisation()
    provider.timezone = "Europe/Berlin"
    offering = make_offering(make_course(provider), days=1)
    zone = ZoneInfo("Europe/Berlin")
    hours = [moment.astimezone(zone).hour for moment, _ in times(offering)]  # type: ignore[attr-defined]
    rescheduling.move(offering, date(2027, 11, 8), "Bonn", by=None, now=NOW)
    assert [moment.astimezone(zone).hour for moment, _ in times(offering)] == hours  # type: ignore[attr-defined]


def test_the_manager_moves_and_cancels_on_the_desk(sign_in: SignIn) -> None:
    provider = people_queries.organisation_by_code("ILKS")
    with transaction():
        offering = make_offering(make_course(provider))
        offering.starts_on, offering.ends_on = date(2031, 4, 7), date(2031, 4, 8)
        enrolment_service.enrol(offering, make_user(), by=None, now=NOW)
        desk = f"/offerings/{offering.public_id}"
    manager = sign_in("manager")
    assert "Everybody with a place is told" in manager.get(f"{desk}/move?lang=en").text
    same = {"starts_on": "2031-04-07", "venue": "Kuching"}
    assert manager.post(f"{desk}/move", data=same).status_code == 422
    assert manager.post(f"{desk}/move", data=same | {"venue": "Sibu"}).status_code == 302
    assert manager.post(f"{desk}/cancel", data={"reason": ""}).status_code == 422
    assert manager.post(f"{desk}/cancel", data={"reason": "Flood"}).status_code == 302
    assert queries.offering_by_public_id(desk.rpartition("/")[2]).state == "cancelled"
    assert "does not take place" in manager.get(f"{desk}?lang=en").text
    assert manager.post(f"{desk}/cancel", data={"reason": "Flood"}).status_code == 409
