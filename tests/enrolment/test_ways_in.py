"""Offers, approvals, nominations, terms of agencies, two kinds of seats, transfer, substitution."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import Approver
from lms.catalogue.models import Offering, SeatPool
from lms.db import db
from lms.enrolment import changing, door, jobs, queries, service
from lms.enrolment.models import Enrolment, Way
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import Organisation, OrganisationKind, User
from tests import make
from tests.make import (
    NOW,
    make_course,
    make_offering,
    make_organisation,
    make_place,
    offering_facts,
)
from tests.make import make_user as somebody

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)
AGENCY, PROVIDER = Approver.AGENCY.value, Approver.PROVIDER.value


def agency(parent: Organisation | None = None) -> Organisation:
    return make_organisation(kind=OrganisationKind.EMPLOYER, parent=parent)


def officer(of: Organisation) -> User:
    return somebody(organisation=of)


def with_offers(capacity: int = 1, hours: int = 48) -> Offering:
    offering = make_offering(capacity=capacity)
    offering.offer_hours = hours
    return offering


def with_approvals(*approvers: str, capacity: int = 1) -> Offering:
    offering = make_offering(capacity=capacity)
    offering.approvals = list(approvers)
    return offering


def counters(pool: SeatPool) -> tuple[int, int]:
    return pool.taken, pool.waiting


def states(*places: Enrolment) -> list[str]:
    return [place.state for place in places]


def test_a_freed_seat_is_offered_for_its_hours_and_then_to_the_next() -> None:
    offering = with_offers()
    first, second, third = (make_place(offering) for _ in range(3))
    service.withdraw(first, by=None, now=NOW)
    assert states(second, third) == ["offered", "waiting"]
    assert second.offer_expires_at == NOW + 48 * HOUR
    assert counters(offering.pools[0]) == (1, 1)
    service.lapse(second, now=NOW + 47 * HOUR)
    assert second.state == "offered"
    with pytest.raises(Conflict, match="offer-lapsed"):
        service.take_offer(second, by=second.user_id, now=NOW + 48 * HOUR)
    service.lapse(second, now=NOW + 48 * HOUR)
    assert states(second, third) == ["lapsed", "offered"]
    service.take_offer(third, by=third.user_id, now=NOW + 49 * HOUR)
    assert (third.state, third.offer_expires_at) == ("confirmed", None)
    assert counters(offering.pools[0]) == (1, 0)


def test_a_declined_offer_goes_to_the_next_at_once() -> None:
    offering = with_offers()
    first, second, third = (make_place(offering) for _ in range(3))
    service.withdraw(first, by=None, now=NOW)
    service.decline(second, by=second.user_id, now=NOW)
    assert states(second, third) == ["declined", "offered"]
    with pytest.raises(Conflict, match="place-has-ended"):
        service.take_offer(second, by=second.user_id, now=NOW)


def test_the_job_finds_nothing_when_the_offer_was_taken(app: Flask) -> None:
    del app
    offering = with_offers(hours=1)
    first, second = (make_place(offering) for _ in range(2))
    service.withdraw(first, by=None, now=NOW)
    service.take_offer(second, by=second.user_id, now=NOW)
    jobs.lapse(second.id)
    assert second.state == "confirmed"


def test_who_comes_while_seats_are_free_is_not_made_an_offer() -> None:
    assert make_place(with_offers()).state == "confirmed"


def test_everybody_who_has_to_agree_is_asked_in_order() -> None:
    offering, of = with_approvals(AGENCY, PROVIDER), agency()
    place = make_place(offering, officer(of))
    assert (place.state, place.ticket) == ("applied", None)
    assert counters(offering.pools[0]) == (0, 0)
    first, second = place.approvals
    with pytest.raises(Conflict, match="approval-not-open"):
        service.approve(second, by=1, now=NOW)
    service.approve(first, by=somebody().id, now=NOW)
    assert place.state == "applied"
    service.approve(second, by=somebody().id, now=NOW)
    assert (place.state, place.ticket) == ("confirmed", 1)
    with pytest.raises(Conflict, match="approval-not-open"):
        service.approve(second, by=somebody().id, now=NOW)


def test_after_the_last_agreement_a_full_course_means_waiting() -> None:
    offering = with_approvals(PROVIDER)
    one, two = (make_place(offering) for _ in range(2))
    for place in (two, one):
        service.approve(place.approvals[0], by=somebody().id, now=NOW)
    assert states(two, one) == ["confirmed", "waiting"]


def test_more_seats_promote_only_those_who_were_agreed_to() -> None:
    offering = with_approvals(PROVIDER)
    places = [make_place(offering) for _ in range(4)]
    for place in places[:3]:
        service.approve(place.approvals[0], by=somebody().id, now=NOW)
    moved = changing.change_capacity(offering.pools[0], 5, over=False, by=None, now=NOW)
    assert moved == places[1:3]
    assert states(*places) == ["confirmed"] * 3 + ["applied"]


def test_nobody_is_asked_for_an_agency_that_the_person_has_not() -> None:
    assert make_place(with_approvals(AGENCY)).state == "confirmed"


def test_a_refusal_needs_a_reason_and_ends_the_place() -> None:
    offering = with_approvals(PROVIDER)
    place = make_place(offering)
    (approval,) = place.approvals
    with pytest.raises(Invalid):
        service.reject(approval, by=somebody().id, now=NOW, reason="  ")
    service.reject(approval, by=somebody().id, now=NOW, reason="Not this year")
    assert (place.state, place.ended_at, approval.reason) == ("rejected", NOW, "Not this year")
    again = make_place(offering, place.user)
    assert again.state == "applied"


def test_a_course_manager_enrols_past_the_approvals() -> None:
    offering, user = with_approvals(AGENCY, PROVIDER), officer(agency())
    place = service.enrol(offering, user, by=somebody().id, now=NOW, way=Way.MANAGER)
    assert place.state == "confirmed"


@pytest.mark.parametrize(
    ("approvals", "after"), [([], "confirmed"), ([AGENCY], "confirmed"), ([PROVIDER], "applied")]
)
def test_a_nominated_officer_accepts(approvals: list[str], after: str) -> None:
    offering, user = with_approvals(*approvals), officer(agency())
    place = service.nominate(offering, user, by=somebody().id, now=NOW)
    assert (place.state, counters(offering.pools[0])) == ("nominated", (0, 0))
    with pytest.raises(Conflict, match="already-enrolled"):
        service.enrol(offering, user, by=user.id, now=NOW)
    service.accept(place, by=user.id, now=NOW)
    assert place.state == after
    with pytest.raises(Conflict, match="place-not-in-state"):
        service.accept(place, by=user.id, now=NOW)


def test_a_nominated_officer_declines_or_comes_too_late() -> None:
    offering, user = make_offering(), officer(agency())
    place = service.nominate(offering, user, by=somebody().id, now=NOW)
    with pytest.raises(Conflict, match="offering-closed"):
        service.accept(place, by=user.id, now=offering.closes_at + timedelta(seconds=1))
    service.decline(place, by=user.id, now=NOW, reason="On leave")
    assert place.state == "declined"
    newest = select(AuditEntry.details).order_by(AuditEntry.id.desc()).limit(1)
    assert db.session.scalar(newest) == {
        "changes": {"state": ["nominated", "declined"]},
        "reason": "On leave",
    }


def test_an_agency_has_no_more_seats_than_its_quota_and_blocks_nobody() -> None:
    offering, big, small = make_offering(capacity=3), agency(), agency()
    changing.set_terms(offering, big, rank=100, quota=1, by=None)
    mine = [make_place(offering, officer(big)) for _ in range(3)]
    others = [make_place(offering, officer(small)) for _ in range(3)]
    assert states(*mine) == ["confirmed", "waiting", "waiting"]
    assert states(*others) == ["confirmed", "confirmed", "waiting"]
    assert counters(offering.pools[0]) == (3, 3)
    promoted = service.withdraw(others[0], by=None, now=NOW)
    assert promoted is others[2]  # the quota of those before is used up
    assert service.withdraw(mine[0], by=None, now=NOW) is mine[1]


def test_terms_of_an_office_go_before_those_of_its_department() -> None:
    offering, department = make_offering(), agency()
    office = agency(department)
    whole = changing.set_terms(offering, department, rank=50, quota=None, by=None)
    own = changing.set_terms(offering, office, rank=10, quota=None, by=None)
    assert door.terms_for(offering, officer(office)) is own
    assert door.terms_for(offering, officer(department)) is whole
    assert door.terms_for(offering, somebody()) is None
    with pytest.raises(Conflict, match="terms-already"):
        changing.set_terms(offering, office, rank=1, quota=None, by=None)
    with pytest.raises(Invalid):
        changing.set_terms(offering, agency(), rank=101, quota=None, by=None)


def test_the_queue_goes_by_rank_and_then_by_ticket() -> None:
    offering, first = make_offering(capacity=1), agency()
    changing.set_terms(offering, first, rank=0, quota=None, by=None)
    seated, other = make_place(offering), make_place(offering)
    preferred = [make_place(offering, officer(first)) for _ in range(2)]
    assert [queries.place_of(p).queue_number for p in (*preferred, other)] == [1, 2, 3]
    for expected in (*preferred, other):
        assert service.withdraw(seated, by=None, now=NOW) is expected
        seated = expected


@pytest.fixture
def hybrid() -> Offering:
    """One seat in the room, two online."""
    version = make_course(published=False)
    version.mode = "hybrid"
    make.publish(version)
    facts = offering_facts(capacity=1)
    offering = catalogue_service.create_offering(
        version, replace(facts, online_capacity=2), by=None
    )
    catalogue_service.open_offering(offering, by=None)
    return offering


def test_a_hybrid_offering_asks_which_seat_and_keeps_two_queues(hybrid: Offering) -> None:
    room, online = hybrid.pools
    user = somebody()
    with pytest.raises(Invalid) as refused:
        service.enrol(hybrid, user, by=user.id, now=NOW)
    assert refused.value.fields == {"pool": "seat-kind-missing"}
    places = [
        service.enrol(hybrid, somebody(), by=None, now=NOW, pool=pool)
        for pool in (room, room, online)
    ]
    assert states(*places) == ["confirmed", "waiting", "confirmed"]
    assert (hybrid.capacity, hybrid.taken, hybrid.waiting, hybrid.free) == (3, 2, 1, 1)


def test_somebody_is_moved_to_another_offering() -> None:
    here, there = make_offering(capacity=1), make_offering(capacity=1)
    place, next_one = (make_place(here) for _ in range(2))
    moved = changing.transfer(place, there.pools[0], by=somebody().id, now=NOW, reason="Ill")
    assert states(place, next_one, moved) == ["transferred", "confirmed", "confirmed"]
    assert counters(there.pools[0]) == (1, 0)
    with pytest.raises(Conflict, match="already-enrolled"):
        changing.transfer(
            make_place(here, moved.user), there.pools[0], by=somebody().id, now=NOW, reason=""
        )


def test_a_colleague_takes_the_very_seat() -> None:
    offering, of = make_offering(capacity=1), agency()
    place, waiting = make_place(offering, officer(of)), make_place(offering)
    with pytest.raises(Conflict, match="substitute-of-another-agency"):
        changing.substitute(place, officer(agency()), by=somebody().id, now=NOW, reason="")
    heir = changing.substitute(place, officer(of), by=somebody().id, now=NOW, reason="Leave")
    assert states(place, heir, waiting) == ["substituted", "confirmed", "waiting"]
    assert counters(offering.pools[0]) == (1, 1)
    assert heir.ticket == 3


def test_who_did_not_come_is_noted_from_the_first_day_on() -> None:
    offering = make_offering()
    place = make_place(offering)
    with pytest.raises(Conflict, match="offering-not-begun"):
        service.miss(place, by=somebody().id, now=NOW)
    service.miss(place, by=somebody().id, now=NOW + timedelta(days=30))
    assert place.state == "no_show"
    assert counters(offering.pools[0]) == (1, 0)


def test_a_cancelled_place_gives_its_seat_to_nobody() -> None:
    offering = make_offering(capacity=1)
    place, waiting = (make_place(offering) for _ in range(2))
    service.cancel(place, by=None, now=NOW, reason="Flood")
    assert states(place, waiting) == ["cancelled", "waiting"]
