"""A sheet is checked, done, done again without effect, and taken back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.catalogue import prerequisites
from lms.catalogue import service as catalogue_service
from lms.db import db, transaction
from lms.enrolment import changing, promising
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment, Promise
from lms.jobs import housekeeping
from lms.jobs.models import Work
from lms.kernel.errors import Conflict
from lms.mail.models import MailMessage
from lms.people.models import Organisation, OrganisationKind, User
from lms.sheets import jobs, queries, service
from lms.sheets.states import State, Way
from tests.jobs.dying import kill
from tests.make import (
    NOW,
    make_course,
    make_manager,
    make_offering,
    make_organisation,
    make_place,
    make_user,
    publish,
)
from tests.sheets.making import done, go, outcomes, places, provider_of, restored, taken

pytestmark = pytest.mark.usefixtures("app", "_then")
SECOND = timedelta(seconds=1)
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def _then() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def agency(parent: Organisation | None = None) -> Organisation:
    return make_organisation(kind=OrganisationKind.EMPLOYER, parent=parent)


def test_nothing_happens_before_it_is_confirmed() -> None:
    offering, user = make_offering(), make_user()
    sheet = taken(provider_of(offering), f"{offering.code},{user.email},")
    assert (sheet.state, outcomes(sheet)) == (State.CHECKED, ["will-enrol"])
    assert places(offering) == {}
    assert outcomes(done(sheet)) == ["confirmed"]
    assert sheet.state == State.DONE
    assert places(offering) == {user.name: "confirmed"}


def test_the_same_sheet_again_changes_nothing() -> None:
    offering, users = make_offering(), [make_user() for _ in range(3)]
    rows = [f"{offering.code},{user.email},enrolled" for user in users]
    done(taken(provider_of(offering), *rows))
    before = db.session.query(Enrolment).count()
    again = taken(provider_of(offering), *rows)
    assert outcomes(again) == ["already-so"] * 3
    assert outcomes(done(again)) == ["already-so"] * 3
    assert db.session.query(Enrolment).count() == before
    assert outcomes(restored(again)) == ["nothing-to-restore"] * 3
    assert set(places(offering).values()) == {"confirmed"}


def test_every_fault_is_told_by_its_row_and_the_others_are_done() -> None:
    offering, closed, foreign = make_offering(), make_offering(), make_offering()
    provider = provider_of(offering)
    closed.course_version.course.provider = provider
    catalogue_service.close_offering(closed, by=None)
    good, other = make_user(), make_user()
    twins = [make_user("Same Name"), make_user("Same Name")]
    for twin in twins:
        make_place(make_offering(offering.course_version), twin)
    gone = make_user()
    gone.is_active = False
    sheet = taken(
        provider,
        f"{offering.code},{good.email},enrolled",
        f"{offering.code},nobody@test.example,enrolled",
        f"{offering.code},same  name,enrolled",
        f"NO-SUCH,{good.email},enrolled",
        f"{foreign.code},{good.email},enrolled",
        f"{closed.code},{good.email},enrolled",
        f"{offering.code},{good.email}",
        f"{offering.code},{good.email},expelled",
        f"{offering.code},{good.public_id},enrolled",
        f"{offering.code},{gone.email},enrolled",
        f"{offering.code},{other.public_id},",
    )
    faults = [
        "will-write",
        "row-several-people",
        "row-unknown-offering",
        "row-unknown-offering",
        "offering-not-open",
        "row-wrong-count",
        "row-bad-status",
        "row-twice",
        "will-write",
    ]
    assert outcomes(sheet) == ["will-enrol", *faults, "will-enrol"]
    rows = queries.page(sheet, "", 1).rows
    assert rows[8].words == {"line": "2"}
    assert rows[6].words == {"found": "2", "expected": "3"}
    told = ["written-to" if each == "will-write" else each for each in faults]
    assert outcomes(done(sheet)) == ["confirmed", *told, "confirmed"]


NOBODYS = ("nobody@test.example", "gone@test.example")
"""Of the second there was an account, which is closed."""


def a_stranger() -> User:
    """Somebody with a place elsewhere, whom the provider may not know."""
    make_user("Gone", email=NOBODYS[1]).is_active = False
    strange = make_user("Strange")
    make_place(make_offering(), strange)
    return strange


def promised() -> list[Promise]:
    return list(db.session.scalars(select(Promise).order_by(Promise.id)))


def test_an_address_the_provider_may_not_know_is_written_to_account_or_not() -> None:
    """Nothing tells which address has an account, nor for who asks to withdraw."""
    offering = make_offering()
    provider = provider_of(offering)
    shut = make_offering(make_course(provider), opened=False)
    strange = a_stranger()
    addresses = [*NOBODYS, strange.email, strange.email.upper()]
    rows = [f"{offering.code},{each},enrolled" for each in addresses]
    rows += [f"{shut.code},{each},enrolled" for each in addresses[:3]]
    sheet = taken(provider, *rows, known=False)
    refused = ["row-twice", *["offering-not-open"] * 3]
    assert outcomes(sheet) == ["will-write"] * 3 + refused
    assert outcomes(done(sheet)) == ["written-to"] * 3 + refused
    assert places(offering) == {}
    assert sorted(each.email for each in promised()) == sorted(addresses[:3])
    again = done(taken(provider, *rows[:3], known=False))
    assert outcomes(again) == ["already-so"] * 3
    ends = [f"{offering.code},{each},withdrawn" for each in addresses[:3]]
    assert outcomes(done(taken(provider, *ends, known=False))) == ["already-so"] * 3


def test_letters_are_taken_back_but_where_the_place_was_taken() -> None:
    offering, strange = make_offering(capacity=1), a_stranger()
    make_place(offering)
    rows = [f"{offering.code},{each}," for each in (strange.email, *NOBODYS)]
    sheet = done(taken(provider_of(offering), *rows, known=False))
    place = promising.keep(promised()[0], strange, now=NOW)
    assert place is not None
    assert (place.state, place.way, place.admitted_because) == ("waiting", "manager", "")
    assert outcomes(restored(sheet)) == ["left-as-it-is", "restored", "restored"]
    assert [each.state for each in promised()] == ["taken", "withdrawn", "withdrawn"]
    mails = select(MailMessage.address).where(MailMessage.kind == "enrolment/promise_withdrawn")
    assert sorted(db.session.scalars(mails)) == sorted(NOBODYS)


def test_who_is_written_to_has_to_meet_what_the_course_asks_for() -> None:
    version = make_course(published=False)
    prerequisites.add(version, prerequisites.Asked("service", 0, 3), by=None)
    publish(version)
    offering, strange = make_offering(version), make_user()
    sheet = taken(provider_of(offering), f"{offering.code},{strange.email},", known=False)
    assert outcomes(done(sheet)) == ["written-to"]
    with pytest.raises(Conflict, match="prerequisites-missing"):
        promising.keep(promised()[0], strange, now=NOW)


def test_full_by_how_many_is_said_and_they_wait() -> None:
    offering = make_offering(capacity=3)
    make_place(offering)
    rows = [f"{offering.code},{make_user().email}," for _ in range(5)]
    sheet = taken(provider_of(offering), *rows)
    (demand,) = queries.demand(sheet)
    assert (demand.rows, demand.free, demand.too_many) == (5, 2, 3)
    assert outcomes(done(sheet)) == ["confirmed"] * 2 + ["waiting"] * 3


def test_the_window_counts_when_it_is_done_not_when_it_was_checked() -> None:
    offering = make_offering()
    sheet = taken(provider_of(offering), f"{offering.code},{make_user().email},")
    with time_machine.travel(offering.closes_at + SECOND, tick=False):
        assert outcomes(done(sheet)) == ["offering-closed"]
    assert places(offering) == {}


def test_taking_back_leaves_what_was_changed_since() -> None:
    offering = make_offering(capacity=2)
    first, second, third = (make_user(name) for name in ("First", "Second", "Third"))
    leaver = make_user("Leaver")
    make_place(offering, leaver)
    rows = [f"{offering.code},{leaver.email},withdrawn"]
    rows += [f"{offering.code},{user.email}," for user in (first, second, third)]
    sheet = done(taken(provider_of(offering), *rows))
    assert outcomes(sheet) == ["withdrawn", "confirmed", "confirmed", "waiting"]
    place = db.session.query(Enrolment).filter_by(user_id=second.id, offering_id=offering.id).one()
    enrolment_service.withdraw(place, by=second.id, now=NOW)
    # The third has moved up by that: their place is not as the sheet left it.
    assert outcomes(restored(sheet)) == ["restored", "restored", "left-as-it-is", "left-as-it-is"]
    assert sheet.state == State.RESTORED
    assert places(offering) == {
        "Leaver": "confirmed",
        "First": "withdrawn",
        "Second": "withdrawn",
        "Third": "confirmed",
    }


def test_an_agency_nominates_its_own_officers_and_nobody_elses() -> None:
    own, offering = agency(), make_offering()
    office = agency(parent=own)
    coordinator = make_user("Coordinator", organisation=own)
    officer, below = make_user(organisation=own), make_user(organisation=office)
    stranger, nobody = make_user(organisation=agency()), make_user()
    people = (officer, below, stranger, nobody)
    rows = [f"{offering.code},{user.email},nominated" for user in people]
    sheet = taken(own, *rows, by=coordinator, way=Way.NOMINATE)
    unknown = ["row-unknown-person"] * 2
    assert outcomes(sheet) == ["will-nominate"] * 2 + unknown
    assert outcomes(done(sheet)) == ["nominated"] * 2 + unknown
    accepted = db.session.query(Enrolment).filter_by(user_id=officer.id).one()
    enrolment_service.accept(accepted, by=officer.id, now=NOW)
    ends = [f"{offering.code},{user.email},withdrawn" for user in (officer, below)]
    back = taken(own, *ends, by=coordinator, way=Way.NOMINATE)
    assert outcomes(back) == ["row-not-to-withdraw", "will-withdraw"]


def test_nobody_enrols_themselves_past_those_who_decide() -> None:
    offering = make_offering()
    manager = make_manager(provider_of(offering))
    sheet = taken(provider_of(offering), f"{offering.code},{manager.email},", by=manager)
    assert outcomes(sheet) == ["row-oneself"]


def test_it_moves_by_its_state_machine_alone() -> None:
    offering = make_offering()
    provider = provider_of(offering)
    sheet = taken(provider, f"{offering.code},{make_user().email},")
    with pytest.raises(Conflict, match="sheet-moved-on"):
        service.restore(sheet, by=sheet.uploaded_by_id)
    with transaction():
        service.drop(sheet, by=sheet.uploaded_by_id, now=NOW)
    for verb in (service.confirm, service.check_again, service.restore):
        with pytest.raises(Conflict, match="sheet-moved-on"):
            verb(sheet, by=sheet.uploaded_by_id)
    assert places(offering) == {}


def test_a_run_of_an_earlier_step_does_nothing() -> None:
    offering = make_offering()
    sheet = taken(provider_of(offering), f"{offering.code},{make_user().email},")
    checking = sheet.work_id
    with transaction():
        service.confirm(sheet, by=sheet.uploaded_by_id)
    assert checking is not None
    with transaction():
        assert not service.go_on(sheet.id, checking, now=NOW)
    assert sheet.state == State.RUNNING
    go(sheet)
    assert outcomes(sheet) == ["confirmed"]


def test_checking_needs_no_more_statements_for_more_rows(count_statements: Counting) -> None:
    offering = make_offering(make_course(), capacity=500)
    counted = []
    for number in (5, 100):
        rows = [f"{offering.code},{make_user().email}," for _ in range(number)]
        with transaction():
            by = make_manager(provider_of(offering)).id
            data = "\n".join(["offering,person,status", *rows]).encode()
            sheet = service.take(Way.ENROL, provider_of(offering), "a.csv", data, by=by)
        with count_statements() as seen:
            go(sheet)
        counted.append(len(seen))
    assert counted[1] == counted[0]


def mails_to(*users: User) -> list[str]:
    query = select(MailMessage.address).where(
        MailMessage.address.in_([user.email for user in users]),
        MailMessage.kind == "enrolment/place",
    )
    return sorted(db.session.scalars(query))


def test_everybody_is_told_once_though_the_job_runs_twice() -> None:
    offering, users = make_offering(capacity=1), [make_user(), make_user()]
    sheet = done(taken(provider_of(offering), *(f"{offering.code},{u.email}," for u in users)))
    gone = db.session.query(Enrolment).filter_by(user_id=users[1].id, offering_id=offering.id).one()
    assert mails_to(*users) == []
    enrolment_service.withdraw(gone, by=users[1].id, now=NOW)
    for _ in range(2):
        jobs.tell(sheet.id, 2, 3, offering.pools[0].id)
    assert mails_to(*users) == [users[0].email]  # who has left meanwhile is not told of a place


def test_agencies_with_terms_keep_their_seats() -> None:
    own, offering = agency(), make_offering(capacity=3)
    changing.set_terms(offering, own, quota=1, rank=1, by=None)
    officers = [make_user(organisation=own) for _ in range(2)]
    rows = [f"{offering.code},{user.email}," for user in officers]
    assert outcomes(done(taken(provider_of(offering), *rows))) == ["confirmed", "waiting"]


def test_a_seat_that_one_row_frees_is_there_for_the_next() -> None:
    offering, leaver, comer = make_offering(capacity=1), make_user(), make_user()
    make_place(offering, leaver)
    rows = [f"{offering.code},{leaver.email},withdrawn", f"{offering.code},{comer.email},"]
    assert outcomes(done(taken(provider_of(offering), *rows))) == ["withdrawn", "confirmed"]


def test_a_sheet_outlives_the_work_that_the_night_forgets() -> None:
    offering = make_offering()
    sheet = done(taken(provider_of(offering), f"{offering.code},{make_user().email},"))
    with transaction():
        for work in db.session.scalars(select(Work).where(Work.title.startswith("sheets."))):
            work.finished_at = NOW - timedelta(days=400)
    housekeeping.remove_old()
    db.session.refresh(sheet)
    assert sheet.work_id is None
    assert outcomes(restored(sheet)) == ["restored"]


def test_whose_place_others_end_is_told_and_loses_the_sessions() -> None:
    offering, leaver, comer = make_offering(), make_user(), make_user()
    make_place(offering, leaver)
    rows = [f"{offering.code},{leaver.email},withdrawn", f"{offering.code},{comer.email},"]
    restored(done(taken(provider_of(offering), *rows)))
    query = select(MailMessage).where(MailMessage.cause == "withdrawn").order_by(MailMessage.id)
    told = list(db.session.scalars(query))
    assert [mail.address for mail in told] == [leaver.email, comer.email]
    for mail in told:
        assert "tamat" in mail.subject
        assert "dipindahkan" not in mail.text
        assert "METHOD:CANCEL" in mail.calendar


def test_a_sheet_whose_job_died_stops_with_what_was_done_and_goes_on() -> None:
    offering, users = make_offering(), [make_user() for _ in range(2)]
    manager = make_manager(provider_of(offering))
    rows = [f"{offering.code},{user.email}," for user in users]
    sheet = taken(provider_of(offering), *rows)
    with pytest.raises(Conflict, match="sheet-moved-on"):
        service.resume(sheet, by=manager.id)
    with transaction():
        service.confirm(sheet, by=sheet.uploaded_by_id)
    kill(service.WORK_JOB)
    stopped = sheet.work
    assert stopped is not None
    assert (sheet.state, stopped.state, stopped.message) == ("running", "failed", "given_up")
    assert service.has_stopped(sheet)
    with transaction():
        service.resume(sheet, by=manager.id)
    assert not service.has_stopped(sheet)
    assert sheet.acting_id == manager.id
    with transaction():
        assert not service.go_on(sheet.id, stopped.id, now=NOW)  # the dead job, tried anew by hand
    go(sheet)
    assert (sheet.state, outcomes(sheet)) == (State.DONE, ["confirmed"] * 2)
