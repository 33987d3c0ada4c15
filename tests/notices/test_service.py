"""What the clock makes us write: once, to the right people, and only when there is something."""

from datetime import date, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from lms.catalogue import rescheduling
from lms.catalogue.kinds import Approver
from lms.catalogue.models import Offering
from lms.db import db
from lms.enrolment import changing
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Role
from lms.mail.models import MailMessage
from lms.notices import jobs, rules, service
from lms.people import service as people_service
from lms.people.models import Organisation, OrganisationKind, User
from tests.make import NOW, make_manager, make_offering, make_organisation, make_place, make_user

pytestmark = pytest.mark.usefixtures("app")
FIRST_DAY = date(2027, 4, 5)
DAY = timedelta(days=1)
MONDAY = NOW + 5 * DAY


def mails(kind: str) -> list[MailMessage]:
    query = select(MailMessage).where(MailMessage.kind == kind).order_by(MailMessage.id)
    return list(db.session.scalars(query))


def to(user: User, kind: str) -> list[MailMessage]:
    return [mail for mail in mails(kind) if mail.address == user.email]


def an_agency() -> Organisation:
    return make_organisation(kind=OrganisationKind.EMPLOYER)


def a_coordinator(agency: Organisation) -> User:
    user = make_user("Coordinator", organisation=agency)
    people_service.grant_role(user, Role.AGENCY_COORDINATOR, agency, by=None)
    return user


def applied(agency: Organisation) -> Enrolment:
    offering = make_offering()
    offering.approvals = [Approver.AGENCY.value, Approver.PROVIDER.value]
    return make_place(offering, make_user(organisation=agency))


def test_who_has_a_seat_is_reminded_once_for_each_first_day() -> None:
    offering = make_offering(capacity=1)
    seated, waiting = make_place(offering), make_place(offering)
    assert service.remind(offering, today=FIRST_DAY - 4 * DAY) == 0
    assert service.remind(offering, today=FIRST_DAY - 3 * DAY) == 1
    assert service.remind(offering, today=FIRST_DAY - 2 * DAY) == 0
    assert len(to(seated.user, "notices/reminder")) == 1
    assert not to(waiting.user, "notices/reminder")
    rescheduling.move(offering, FIRST_DAY + 7 * DAY, offering.venue, by=None, now=NOW)
    assert service.remind(offering, today=FIRST_DAY + 5 * DAY) == 1
    assert service.remind(offering, today=FIRST_DAY + 7 * DAY) == 0


def test_nobody_is_reminded_where_that_is_switched_off() -> None:
    offering = make_offering()
    make_place(offering)
    service.set_reminder(offering, 0, by=None)
    assert service.remind(offering, today=FIRST_DAY - DAY) == 0
    service.set_reminder(offering, 30, by=None)
    assert service.remind(offering, today=FIRST_DAY - 30 * DAY) == 1
    for days in (-1, 31):
        with pytest.raises(Invalid):
            service.set_reminder(offering, days, by=None)


def test_the_clock_reminds_and_a_second_run_adds_nothing() -> None:
    place = make_place(make_offering())
    with time_machine.travel(NOW.replace(month=4, day=2), tick=False):
        jobs.remind()
        jobs.remind()
    (mail,) = to(place.user, "notices/reminder")
    assert (mail.about, mail.cause) == (place.public_id, "reminder")
    with time_machine.travel(NOW.replace(month=4, day=5), tick=False):
        jobs.remind()
    assert len(to(place.user, "notices/reminder")) == 1


def test_a_decision_that_waits_is_asked_for_once_more_at_each_turn() -> None:
    agency = an_agency()
    coordinator, place = a_coordinator(agency), applied(agency)
    first, second = place.approvals
    manager = make_manager(place.offering.course_version.course.provider)
    asked = len(to(coordinator, "enrolment/approval"))
    for each in place.approvals:
        each.created_at = NOW
    assert not service.remind_of_decision(first, now=NOW + 2 * DAY)
    assert not service.remind_of_decision(second, now=NOW + 4 * DAY)
    assert service.remind_of_decision(first, now=NOW + 3 * DAY)
    assert not service.remind_of_decision(first, now=NOW + 9 * DAY)
    assert len(to(coordinator, "enrolment/approval")) == asked + 1

    enrolment_service.approve(first, by=coordinator.id, now=NOW + 9 * DAY)
    assert not service.remind_of_decision(second, now=NOW + 11 * DAY)
    assert service.remind_of_decision(second, now=NOW + 12 * DAY)
    causes = [mail.cause for mail in to(manager, "enrolment/approval")]
    assert causes == ["asked", "overdue"]


def test_the_week_of_a_coordinator_has_each_place_once() -> None:
    agency = an_agency()
    coordinator = a_coordinator(agency)
    with time_machine.travel(MONDAY, tick=False):
        jobs.tell_week()
        assert not to(coordinator, "notices/week")
        offering = make_offering(capacity=1)
        seated = make_place(offering, make_user("Seated", organisation=agency))
        make_place(offering, make_user("Queueing", organisation=agency))
        make_place(offering, make_user("Stranger"))
        applied(agency)
        jobs.tell_week()
        jobs.tell_week()
    (mail,) = to(coordinator, "notices/week")
    assert mail.text.count("Queueing") == 1
    assert "Stranger" not in mail.text
    assert "Seated" not in mail.text  # it begins in three weeks
    assert "/approvals/" in mail.text
    with time_machine.travel(MONDAY + 14 * DAY, tick=False):
        jobs.tell_week()
    assert "Seated" in to(coordinator, "notices/week")[-1].text
    enrolment_service.withdraw(seated, by=None, now=MONDAY + 15 * DAY)
    with time_machine.travel(MONDAY + 21 * DAY, tick=False):
        jobs.tell_week()
    ended = to(coordinator, "notices/week")[-1].text
    assert ended.index("Seated") > ended.index("Queueing")


def test_the_days_of_a_reminder_are_counted_from_the_first() -> None:
    assert not rules.is_reminder_due(FIRST_DAY, 3, FIRST_DAY - 4 * DAY)
    assert rules.is_reminder_due(FIRST_DAY, 3, FIRST_DAY - 3 * DAY)
    assert not rules.is_reminder_due(FIRST_DAY, 3, FIRST_DAY)
    assert not rules.is_reminder_due(FIRST_DAY, 0, FIRST_DAY - DAY)


def entries(mail: MailMessage) -> tuple[str, list[tuple[str, int, str]]]:
    calendar = Calendar.from_ical(mail.calendar)
    found = [
        (str(e["uid"]), int(str(e["sequence"])), str(e["status"])) for e in calendar.walk("VEVENT")
    ]
    return str(calendar["method"]), found


def admitted(offering: Offering) -> Enrolment:
    by = make_manager(offering.course_version.course.provider).id
    user = make_user()
    return enrolment_service.admit(
        offering, user, by=by, now=NOW, reason="late", pool=offering.pools[0]
    )


def test_a_seat_comes_with_its_sessions_and_a_cancellation_takes_them_back() -> None:
    offering = make_offering(capacity=5)
    place = admitted(offering)
    (told,) = to(place.user, "enrolment/place")
    method, before = entries(told)
    assert method == "PUBLISH"
    assert len(before) == 4
    assert {status for _, _, status in before} == {"CONFIRMED"}

    rescheduling.move(offering, FIRST_DAY + DAY, offering.venue, by=None, now=NOW)
    (moved,) = to(place.user, "enrolment/moved")
    _, later = entries(moved)
    assert [uid for uid, _, _ in later] == [uid for uid, _, _ in before]
    assert {n for _, n, _ in later} == {n + 1 for _, n, _ in before}

    rescheduling.cancel(offering, "flood", by=None, now=NOW)
    method, gone = entries(to(place.user, "enrolment/place")[-1])
    assert method == "CANCEL"
    assert {n for _, n, _ in gone} == {n + 2 for _, n, _ in before}
    assert {status for _, _, status in gone} == {"CANCELLED"}


def test_who_is_moved_to_another_offering_loses_the_sessions_of_the_first() -> None:
    offering = make_offering()
    other = make_offering(offering.course_version)
    place = make_place(offering)
    by = make_manager(offering.course_version.course.provider).id
    changing.transfer(place, other.pools[0], by=by, now=NOW, reason="ill")
    files = [entries(mail) for mail in to(place.user, "enrolment/place")]
    assert {(method, status) for method, found in files for _, _, status in found} == {
        ("CANCEL", "CANCELLED"),
        ("PUBLISH", "CONFIRMED"),
    }


def test_who_waits_gets_no_sessions() -> None:
    offering = make_offering(capacity=1)
    make_place(offering)
    waiting = admitted(offering)
    assert [mail.calendar for mail in to(waiting.user, "enrolment/place")] == [""]
