"""An application from its draft to a place: windows, committee, interview, offer, mail."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from lms.admissions import intakes, judging, queries, service
from lms.admissions.models import Application, Intake, InterviewSlot, Recommendation
from lms.admissions.states import HOLDING, State
from lms.audit.models import AuditEntry
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.mail.models import MailMessage
from lms.people.models import User
from lms.programmes import service as programmes
from lms.programmes.models import ProgrammeState
from tests.admissions.making import (
    DAY,
    add_paper,
    facts,
    make_application,
    make_intake,
    make_programme,
)
from tests.make import fresh, make_manager, make_user

pytestmark = pytest.mark.usefixtures("app")


def member(intake: Intake, number: int = 0) -> User:
    return intake.members[number].user


def recommended(application: Application, *admit: bool) -> Application:
    for number, each in enumerate(admit):
        who = member(application.intake, number).id
        judging.recommend(application, who, admit=each, reason="Because", now=clock.now())
    return application


def offered(intake: Intake) -> Application:
    application = recommended(make_application(intake), True)
    judging.offer(application, by=member(intake).id, now=clock.now())
    return application


def written(row: Application | Intake) -> None:
    """Flush a row that the database refuses, and nothing else."""
    with db.session.begin_nested():
        db.session.add(row)


def mails(user: User, kind: str) -> list[str]:
    query = select(MailMessage.cause).where(
        MailMessage.address == user.email, MailMessage.kind == kind
    )
    return list(db.session.scalars(query.order_by(MailMessage.id)))


def slot_of(intake: Intake, *, hours: float = 24) -> InterviewSlot:
    starts = clock.now() + timedelta(hours=hours)
    return intakes.add_slot(intake, starts, starts + timedelta(minutes=30), fresh("Room"), by=None)


def test_one_person_has_one_application_to_an_intake() -> None:
    intake, user = make_intake(), make_user(email=f"{fresh()}@test.example")
    first = service.begin(intake, user, now=clock.now())
    assert service.begin(intake, user, now=clock.now()) is first
    with pytest.raises(IntegrityError):
        written(Application(intake=intake, user=user))


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [(1, 2, "intake-not-open"), (-2, -1, "intake-closed")],
)
def test_the_window_holds_to_the_second(opens: int, closes: int, code: str) -> None:
    now = clock.now()
    intake = make_intake(opens_at=now + opens * DAY, closes_at=now + closes * DAY)
    user = make_user(email=f"{fresh()}@test.example")
    with pytest.raises(Conflict, match=code):
        service.begin(intake, user, now=now)
    edge = intake.opens_at if opens > 0 else intake.closes_at
    found = service.begin(intake, user, now=edge)
    service.describe(found, service.Qualification("BSW", "UKM", 6, 3))
    service.state(found, "Because", "")
    with pytest.raises(Conflict, match="intake-closed"):
        service.send(found, now=intake.closes_at + timedelta(seconds=1))
    service.send(found, now=intake.closes_at)
    assert found.state == State.SENT


def test_an_intake_needs_a_published_programme() -> None:
    programme = make_programme()
    intake = make_intake(programme)
    programmes.move(programme, ProgrammeState.CLOSED, by=None)
    with pytest.raises(Conflict, match="programme-not-published"):
        intakes.call(programme, facts(), by=None)
    with pytest.raises(Conflict, match="programme-not-published"):
        service.begin(intake, make_user(email=f"{fresh()}@test.example"), now=clock.now())


def test_it_is_sent_when_nothing_is_missing_and_written_on_no_more() -> None:
    intake = make_intake(routes={"7": 0}, transcripts=1, letters=1)
    found = make_application(intake, sent=False)
    assert service.lacks(found) == ["plea", "transcripts", "letters"]
    with pytest.raises(Invalid, match="application-incomplete"):
        service.send(found, now=clock.now())
    service.state(found, "To learn", "Ten years in a shelter")
    add_paper(found, "transcript", "marks")
    with pytest.raises(Conflict, match="document-there-already"):
        add_paper(found, "reference", "marks")
    add_paper(found, "reference", "a good person")
    service.send(found, now=clock.now())
    changes: tuple[Callable[[], object], ...] = (
        lambda: service.state(found, "Other", ""),
        lambda: service.describe(found, service.Qualification("x", "y", 8, 9)),
        lambda: add_paper(found, "other", "more"),
        lambda: service.remove_document(found, found.documents[0]),
        lambda: service.send(found, now=clock.now()),
    )
    for change in changes:
        with pytest.raises(Conflict, match="application-not-in-state"):
            change()
    assert len(found.documents) == 2


def test_committee_and_applicant_are_told() -> None:
    intake = make_intake(members=2)
    found = make_application(intake)
    assert mails(found.user, "admissions/applicant") == ["sent"]
    assert mails(member(intake, 1), "admissions/committee") == ["sent"]
    manager = make_manager(intake.programme.provider)
    recommended(found, True)
    judging.offer(found, by=manager.id, now=clock.now())
    service.answer(found, takes=True, now=clock.now())
    assert mails(found.user, "admissions/applicant") == ["sent", "offered"]
    assert mails(manager, "admissions/committee") == ["accepted"]
    draft = make_application(make_intake(intake.programme), sent=False)
    service.withdraw(draft, "", now=clock.now())
    assert mails(manager, "admissions/committee") == ["accepted"]


def test_a_member_changes_their_mind_and_is_counted_once() -> None:
    found = make_application(make_intake(quorum=1))
    recommended(found, True)
    recommended(found, False)
    (said,) = found.recommendations
    assert said.admit is False
    with pytest.raises(Conflict, match="committee-no-majority"):
        judging.offer(found, by=member(found.intake).id, now=clock.now())


def test_an_offer_needs_quorum_and_majority_and_a_refusal_a_reason() -> None:
    intake = make_intake(members=2, quorum=2)
    found, by = make_application(intake), make_manager(intake.programme.provider).id
    decisions: tuple[Callable[[], object], ...] = (
        lambda: judging.offer(found, by=by, now=clock.now()),
        lambda: judging.refuse(found, "No", by=by, now=clock.now()),
    )
    for decide in decisions:
        with pytest.raises(Conflict, match="committee-no-quorum"):
            decide()
    recommended(found, True, False)
    with pytest.raises(Conflict, match="committee-no-majority"):
        judging.offer(found, by=by, now=clock.now())
    with pytest.raises(Invalid) as refused:
        judging.refuse(found, "  ", by=by, now=clock.now())
    assert refused.value.fields == {"reason": "reason-missing"}
    judging.refuse(found, "Too little practice", by=by, now=clock.now())
    assert (found.state, found.remarks) == (State.REFUSED, "Too little practice")
    with pytest.raises(Conflict, match="application-not-in-state"):
        recommended(found, True)


def test_what_was_recommended_is_void_when_more_is_asked_for() -> None:
    now = clock.now()
    intake = make_intake(closes_at=now + timedelta(hours=1))
    found = recommended(make_application(intake), True)
    judging.send_back(found, "The second page is missing", by=member(intake).id)
    assert (found.recommendations, found.remarks) == ([], "The second page is missing")
    service.state(found, "The whole story", "")
    service.send(found, now=now + DAY)  # it was asked for, whatever the window says
    assert (found.state, found.remarks) == (State.SENT, "")


def test_places_are_never_passed_and_come_back() -> None:
    intake = make_intake(places=1)
    first = offered(intake)
    second = recommended(make_application(intake), True)
    by, now = member(intake).id, clock.now()
    with pytest.raises(Conflict, match="intake-full"):
        judging.offer(second, by=by, now=now)
    with pytest.raises(Invalid) as fewer:
        intakes.edit(intake, facts(name=intake.name, places=0), by=None)
    assert fewer.value.fields == {"places": "intake-places-taken"}
    service.answer(first, takes=False, now=now)
    assert (first.state, intake.taken) == (State.DECLINED, 0)
    judging.offer(second, by=by, now=now)
    service.answer(second, takes=True, now=now)
    service.withdraw(second, "Moving away", now=now)
    assert (second.state, intake.taken) == (State.WITHDRAWN, 0)
    intake.taken = intake.places + 1
    with pytest.raises(IntegrityError):
        written(intake)


def test_an_offer_runs_out() -> None:
    intake = make_intake(offer_days=3)
    found = offered(intake)
    until = found.offer_until
    assert until is not None
    service.lapse(found, now=until - timedelta(seconds=1))
    assert found.state == State.OFFERED
    with pytest.raises(Conflict, match="offer-over"):
        service.answer(found, takes=True, now=until + timedelta(seconds=1))
    service.lapse(found, now=until)
    service.lapse(found, now=until)
    assert (found.state, found.offer_until, intake.taken) == (State.LAPSED, None, 0)
    assert mails(found.user, "admissions/applicant")[-1] == "lapsed"


def test_an_interview_is_held_before_a_place_is_offered() -> None:
    intake = make_intake(interview=True, members=1)
    found, by = recommended(make_application(intake), True), member(intake).id
    slot = slot_of(intake)
    with pytest.raises(Conflict, match="application-not-in-state"):
        service.choose(found, slot, now=clock.now())
    judging.invite(found, by=by)
    with pytest.raises(Conflict, match="interview-not-held"):
        judging.offer(found, by=by, now=clock.now())
    service.choose(found, slot, now=clock.now())
    with pytest.raises(Conflict, match="interview-not-held"):
        judging.offer(found, by=by, now=clock.now())
    with pytest.raises(Conflict, match="slot-begun"):
        service.choose(found, slot_of(intake, hours=48), now=slot.starts_at)
    judging.offer(found, by=by, now=slot.ends_at)
    assert found.state == State.OFFERED


def test_a_time_is_one_persons_and_can_be_changed() -> None:
    intake = make_intake(interview=True, places=2)
    one, other = make_application(intake), make_application(intake)
    now, by = clock.now(), member(intake).id
    judging.invite(one, by=by)
    judging.invite(other, by=by)
    first, second = slot_of(intake), slot_of(intake, hours=26)
    service.choose(one, first, now=now)
    service.choose(one, first, now=now)
    with pytest.raises(Conflict, match="slot-taken"):
        service.choose(other, first, now=now)
    with pytest.raises(Conflict, match="slot-chosen"):
        intakes.remove_slot(first, by=None)
    service.choose(one, second, now=now)
    assert [slot.application_id for slot in (first, second)] == [None, one.id]
    assert queries.free_slots(other, now) == [first]
    service.withdraw(one, "", now=now)
    assert second.application_id is None
    with pytest.raises(Conflict, match="slot-begun"):
        service.choose(other, slot_of(intake, hours=-1), now=now)
    intakes.remove_slot(first, by=None)
    assert first not in queries.slots(intake)


def test_a_recommendation_changed_since_the_page_was_read_counts_as_it_is() -> None:
    intake = make_intake()
    found = recommended(make_application(intake), True)
    assert [one.admit for one in found.recommendations] == [True]
    db.session.execute(
        update(Recommendation).values(admit=False),
        execution_options={"synchronize_session": False},
    )
    with pytest.raises(Conflict, match="majority"):
        judging.offer(found, by=member(intake).id, now=clock.now())


def test_a_time_that_somebody_took_out_since_the_page_was_read_is_gone() -> None:
    intake, now = make_intake(interview=True), clock.now()
    found, slot = make_application(intake), slot_of(intake)
    judging.invite(found, by=member(intake).id)
    db.session.execute(delete(InterviewSlot), execution_options={"synchronize_session": False})
    with pytest.raises(Conflict, match="gone"):
        intakes.remove_slot(slot, by=None)
    with pytest.raises(Conflict, match="gone"):
        service.choose(found, slot, now=now)
    db.session.expire(slot)
    with pytest.raises(Conflict, match="gone"), transaction():
        intakes.remove_slot(slot, by=None)


def test_what_is_read_in_a_transaction_after_it_went_is_gone() -> None:
    intake = make_intake(interview=True)
    slot = slot_of(intake)
    db.session.execute(delete(InterviewSlot), execution_options={"synchronize_session": False})
    db.session.expire(slot)
    with pytest.raises(Conflict, match="gone"), transaction():
        assert slot.place


def test_a_choice_made_since_the_page_was_read_is_seen_and_gives_way_to_the_new_one() -> None:
    intake, now = make_intake(interview=True), clock.now()
    found = make_application(intake)
    judging.invite(found, by=member(intake).id)
    first, second = slot_of(intake), slot_of(intake, hours=30)
    assert queries.free_slots(found, now) == [first, second]
    elsewhere = update(InterviewSlot).where(InterviewSlot.id == first.id)
    db.session.execute(
        elsewhere.values(application_id=found.id), execution_options={"synchronize_session": False}
    )
    service.choose(found, second, now=now)
    assert [slot.application_id for slot in (first, second)] == [None, found.id]


def test_the_chosen_time_comes_as_an_entry_that_a_later_one_replaces() -> None:
    intake = make_intake(interview=True)
    found, now = make_application(intake), clock.now()
    judging.invite(found, by=member(intake).id)
    slots = [slot_of(intake), slot_of(intake, hours=30)]
    for later, slot in enumerate(slots):
        service.choose(found, slot, now=now + timedelta(minutes=later))
    query = select(MailMessage.calendar).where(MailMessage.kind == "admissions/interview")
    entries = [
        Calendar.from_ical(text).walk("VEVENT")[0]
        for text in db.session.scalars(query.order_by(MailMessage.id))
    ]
    earlier, later_one = (int(str(one["sequence"])) for one in entries)
    assert later_one > earlier
    assert len({str(one["uid"]) for one in entries}) == 1
    assert [str(one["location"]) for one in entries] == [slot.place for slot in slots]
    assert entries[1].decoded("dtstart") == slots[1].starts_at.replace(microsecond=0)


@pytest.mark.parametrize("deed", ["withdrawn", "refused"])
def test_a_time_that_is_given_up_or_taken_away_leaves_the_calendar(deed: str) -> None:
    intake = make_intake(interview=True)
    found, now = make_application(intake), clock.now()
    judging.invite(found, by=member(intake).id)
    slot = slot_of(intake)
    service.choose(found, slot, now=now)
    if deed == "withdrawn":
        service.withdraw(found, "Moving away", now=now)
    else:
        recommended(found, False)
        judging.refuse(found, "Too little practice", by=member(intake).id, now=now)
    assert (slot.application_id, found.slot) == (None, None)
    query = select(MailMessage).where(MailMessage.kind == "admissions/interview")
    chosen, freed = db.session.scalars(query.order_by(MailMessage.id))
    assert (chosen.cause, freed.cause) == ("chosen", "freed")
    assert "tidak diadakan" in freed.text
    before, after = (Calendar.from_ical(one.calendar) for one in (chosen, freed))
    assert (str(before["method"]), str(after["method"])) == ("PUBLISH", "CANCEL")
    (entry,), (off,) = before.walk("VEVENT"), after.walk("VEVENT")
    assert str(off["uid"]) == str(entry["uid"])
    assert int(str(off["sequence"])) > int(str(entry["sequence"]))
    assert str(off["status"]) == "CANCELLED"


def test_a_chosen_time_is_called_off_for_a_reason_and_another_is_chosen() -> None:
    intake = make_intake(interview=True)
    found, now, by = make_application(intake), clock.now(), member(intake).id
    first, second = slot_of(intake), slot_of(intake, hours=30)
    with pytest.raises(Conflict, match="application-not-in-state"):
        judging.call_off(found, "Flooded", by=by, now=now)
    judging.invite(found, by=by)
    with pytest.raises(Conflict, match="interview-not-ahead"):
        judging.call_off(found, "Flooded", by=by, now=now)
    service.choose(found, first, now=now)
    with pytest.raises(Invalid):
        judging.call_off(found, " ", by=by, now=now)
    with pytest.raises(Conflict, match="interview-not-ahead"):
        judging.call_off(found, "Flooded", by=by, now=first.starts_at)
    judging.call_off(found, "The room is flooded", by=by, now=now)
    assert (first.application_id, found.slot, found.state) == (None, None, State.INTERVIEW)
    assert mails(found.user, "admissions/interview") == ["chosen", "freed"]
    query = select(MailMessage.text).where(MailMessage.kind == "admissions/interview")
    assert "The room is flooded" in list(db.session.scalars(query.order_by(MailMessage.id)))[-1]
    noted = select(AuditEntry.details).where(AuditEntry.action == "admissions.slot.called_off")
    assert db.session.scalars(noted).one() == {"reason": "The room is flooded"}
    intakes.remove_slot(first, by=by)
    service.choose(found, second, now=now)
    assert found.slot == second


def test_an_interview_that_was_held_stays_in_the_calendar() -> None:
    intake = make_intake(interview=True)
    found, now = make_application(intake), clock.now()
    judging.invite(found, by=member(intake).id)
    slot = slot_of(intake)
    service.choose(found, slot, now=now)
    service.withdraw(found, "", now=slot.ends_at)
    assert slot.application_id == found.id
    assert mails(found.user, "admissions/interview") == ["chosen"]


def test_an_intake_without_interviews_invites_nobody() -> None:
    found = make_application(make_intake())
    with pytest.raises(Conflict, match="intake-without-interview"):
        judging.invite(found, by=member(found.intake).id)


def test_who_withdrew_begins_again_as_if_new() -> None:
    intake = make_intake()
    found = recommended(make_application(intake), True)
    service.withdraw(found, "Not this year", now=clock.now())
    again = service.begin(intake, found.user, now=clock.now())
    assert again is found
    assert (again.state, again.sent_at, again.recommendations) == (State.DRAFT, None, [])
    assert again.statement == "To learn more"
    with pytest.raises(Conflict, match="application-not-in-state"):
        service.withdraw(offered_and(service.lapse), "", now=clock.now())


def offered_and(deed: Callable[..., None]) -> Application:
    found = offered(make_intake())
    assert found.offer_until is not None
    deed(found, now=found.offer_until)
    return found


def test_the_committee_is_of_staff() -> None:
    intake = make_intake(members=1)
    with pytest.raises(NotFound):
        intakes.name_member(intake, make_user(email=f"{fresh()}@test.example"), by=None)
    with pytest.raises(NotFound):
        intakes.name_member(intake, member(intake), by=None)
    intakes.remove_member(intake, member(intake).id, by=None)
    assert intake.members == []
    with pytest.raises(NotFound):
        intakes.remove_member(intake, 0, by=None)


def test_names_and_times_are_there_once() -> None:
    intake = make_intake()
    with pytest.raises(Conflict, match="intake-name-taken"):
        intakes.call(intake.programme, facts(name=intake.name), by=None)
    with pytest.raises(Invalid) as wrong:
        intakes.call(intake.programme, facts(closes_at=clock.now() - 9 * DAY), by=None)
    assert wrong.value.fields == {"closes_on": "intake-window"}
    slot = slot_of(intake)
    with pytest.raises(Conflict, match="slot-there-already"):
        intakes.add_slot(intake, slot.starts_at, slot.ends_at, slot.place, by=None)
    with pytest.raises(Invalid):
        intakes.add_slot(intake, slot.ends_at, slot.starts_at, "Elsewhere", by=None)


def test_every_move_is_in_the_trail_with_who_and_why() -> None:
    found = offered(make_intake())
    service.withdraw(found, "Moving away", now=clock.now())
    query = (
        select(AuditEntry)
        .where(AuditEntry.object_type == "application", AuditEntry.object_id == found.id)
        .order_by(AuditEntry.id)
    )
    told = [
        entry for entry in db.session.scalars(query) if "state" in entry.details.get("changes", {})
    ]
    assert [(one.action, one.details["changes"]["state"]) for one in told] == [
        ("admissions.begun", [None, "draft"]),
        ("admissions.sent", ["draft", "sent"]),
        ("admissions.offered", ["sent", "offered"]),
        ("admissions.withdrawn", ["offered", "withdrawn"]),
    ]
    assert told[-1].actor_id == found.user_id
    assert told[-1].details["reason"] == "Moving away"


def test_taken_counts_what_holds_a_place() -> None:
    intake = make_intake(places=3)
    for takes in (True, False, None):
        found = offered(intake)
        if takes is not None:
            service.answer(found, takes=takes, now=clock.now())
    holding = [one for one in queries.of_intake(intake) if State(one.state) in HOLDING]
    assert intake.taken == len(holding) == 2
    assert queries.counts(intake) == {"accepted": 1, "declined": 1, "offered": 1}


def test_words_of_people_are_no_markup_in_mails() -> None:
    intake = make_intake()
    person = make_user("<a href='//evil'>Ali</a>", email=f"{fresh()}@test.example")
    found = make_application(intake, person)
    judging.send_back(found, "Send <img src=//evil> & more", by=member(intake).id)
    query = select(MailMessage).where(MailMessage.about == found.public_id)
    for mail in db.session.scalars(query):
        assert "<img" not in mail.html
        assert "<a href='" not in mail.html
        assert mail.cause != "returned" or "&lt;img src=//evil&gt; &amp; more" in mail.html
        assert mail.cause != "returned" or "<img src=//evil> & more" in mail.text
