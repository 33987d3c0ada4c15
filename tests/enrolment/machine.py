"""One offering and some people, and beside them a small model of who should have a seat.

The model knows capacity, who is seated, who is offered a seat, and the queue; the real thing must
stand as it does after every deed, in any order of deeds.
"""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from lms.catalogue import service as catalogue_service
from lms.catalogue.models import CourseVersion, Offering, SeatPool
from lms.db import db, transaction
from lms.enrolment import changing, queries, service
from lms.enrolment.models import Enrolment
from lms.enrolment.states import ENDED
from lms.kernel.errors import Conflict
from lms.people import merging
from lms.people.models import Organisation, OrganisationKind, User
from tests.make import NOW, make_course, make_offering, make_organisation, make_user

PEOPLE = 7
FAVOURED = 2
"""The first people belong to an agency that is served first."""
WHO = st.integers(0, PEOPLE - 1)
REFUSED = {"planned": "offering-not-open", "closed": "offering-not-open"}
OFFER = timedelta(hours=48)


def prepare() -> None:
    """People and a course that all stories share; the stories themselves are undone."""
    with transaction():
        Places.version_id = make_course().id
        agency = make_organisation(kind=OrganisationKind.EMPLOYER)
        Places.agency_id = agency.id
        Places.user_ids = [
            make_user(organisation=agency if n < FAVOURED else None).id for n in range(PEOPLE)
        ]
        Places.judge_id = make_user("Administrator").id


class Places(RuleBasedStateMachine):
    """The story of one offering."""

    version_id: int
    agency_id: int
    judge_id: int
    user_ids: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.state = "planned"
        self.now = NOW
        self.seated: set[int] = set()
        self.offers: dict[int, datetime] = {}
        self.queue: list[tuple[int, int, int]] = []  # rank, ticket, person
        self.tickets = 0
        self.left: list[int] = []
        self.gone: set[int] = set()

    @initialize(
        capacity=st.integers(1, 3),
        offered=st.booleans(),
        favours=st.booleans(),
        first=st.integers(0, PEOPLE),
    )
    def announce(self, *, capacity: int, offered: bool, favours: bool, first: int) -> None:
        """Most begin with people in it: many stories never draw the rule that opens it."""
        self.capacity, self.offered, self.favours = capacity, offered, favours
        version = db.session.get_one(CourseVersion, self.version_id)
        offering = make_offering(version, capacity=capacity, opened=False)
        offering.offer_hours = 48 if offered else None
        self.offering_id = offering.id
        if favours:
            agency = db.session.get_one(Organisation, self.agency_id)
            changing.set_terms(offering, agency, rank=0, quota=None, by=None)
        if first:
            self.open_offering()
        for who in range(first):
            self.enrol(who)

    @property
    def offering(self) -> Offering:
        return db.session.get_one(Offering, self.offering_id)

    @property
    def pool(self) -> SeatPool:
        return self.offering.pools[0]

    def place_of(self, who: int) -> Enrolment:
        place = queries.active_enrolment(self.offering_id, self.user_ids[who])
        assert place is not None
        return place

    def active(self) -> list[int]:
        return [*sorted(self.seated), *self.offers, *(who for _, _, who in self.queue)]

    def settle(self) -> None:
        """What the model does with free seats."""
        while len(self.seated) + len(self.offers) < self.capacity and self.queue:
            self.queue.sort()
            _, _, who = self.queue.pop(0)
            if self.offered:
                self.offers[who] = self.now + OFFER
            else:
                self.seated.add(who)

    @rule(who=WHO)
    def enrol(self, who: int) -> None:
        if who in self.gone:
            return
        user = db.session.get_one(User, self.user_ids[who])
        refusal = REFUSED.get(self.state)
        if refusal is None and who in self.active():
            refusal = "already-enrolled"
        if refusal is not None:
            with pytest.raises(Conflict, match=refusal):
                service.enrol(self.offering, user, by=user.id, now=NOW)
            return
        place = service.enrol(self.offering, user, by=user.id, now=NOW)
        self.tickets += 1
        assert place.ticket == self.tickets
        if len(self.seated) + len(self.offers) < self.capacity and not self.queue:
            self.seated.add(who)
        else:
            rank = 0 if self.favours and who < FAVOURED else 100
            self.queue.append((rank, self.tickets, who))

    @precondition(lambda self: self.active())
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(self.active()))
        place = self.place_of(who)
        service.withdraw(place, by=place.user_id, now=self.now)
        self.left.append(place.id)
        self.drop(who)

    def drop(self, who: int) -> None:
        self.seated.discard(who)
        self.offers.pop(who, None)
        self.queue = [one for one in self.queue if one[2] != who]
        self.settle()

    @precondition(lambda self: self.left)
    @rule(data=st.data())
    def withdraw_again(self, data: st.DataObject) -> None:
        place = db.session.get_one(Enrolment, data.draw(st.sampled_from(self.left)))
        with pytest.raises(Conflict, match="withdrawn-already"):
            service.withdraw(place, by=place.user_id, now=self.now)

    @precondition(lambda self: self.offers)
    @rule(data=st.data(), takes=st.booleans())
    def answer_offer(self, data: st.DataObject, *, takes: bool) -> None:
        who = data.draw(st.sampled_from(sorted(self.offers)))
        place = self.place_of(who)
        if not takes:
            service.decline(place, by=place.user_id, now=self.now)
            self.drop(who)
            return
        if self.now >= self.offers[who]:  # ran out, though nobody has ended it yet
            with pytest.raises(Conflict, match="offer-lapsed"):
                service.take_offer(place, by=place.user_id, now=self.now)
            return
        service.take_offer(place, by=place.user_id, now=self.now)
        del self.offers[who]
        self.seated.add(who)

    @precondition(lambda self: self.offers)
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.offers)))
        place, until = self.place_of(who), self.offers[who]
        if self.now < until:
            service.lapse(place, now=self.now)
            assert place.state == "offered"
        self.now = max(self.now, until)
        service.lapse(place, now=self.now)
        assert place.state == "lapsed"
        self.drop(who)

    @rule(capacity=st.integers(0, 5), over=st.booleans())
    def change_capacity(self, capacity: int, *, over: bool) -> None:
        taken = len(self.seated) + len(self.offers)
        if capacity < taken and not over:
            with pytest.raises(Conflict, match="capacity-below-taken"):
                changing.change_capacity(self.pool, capacity, over=over, by=None, now=self.now)
            return
        changing.change_capacity(self.pool, capacity, over=over, by=None, now=self.now)
        self.capacity = capacity
        self.settle()

    @precondition(lambda self: len(self.gone) < 2)
    @rule(old=WHO, new=WHO)
    def merge(self, old: int, new: int) -> None:
        if old == new or {old, new} & self.gone or {old, new} <= set(self.active()):
            return
        accounts = (db.session.get_one(User, self.user_ids[who]) for who in (old, new))
        merging.merge(*accounts, by=self.judge_id, now=self.now)
        self.gone.add(old)
        if old in self.seated:
            self.seated = self.seated - {old} | {new}
        if old in self.offers:
            self.offers[new] = self.offers.pop(old)
        self.queue = [(r, t, new if who == old else who) for r, t, who in self.queue]

    @rule()
    def open_offering(self) -> None:
        if self.state == "closed":
            with pytest.raises(Conflict, match="offering-closed"):
                catalogue_service.open_offering(self.offering, by=None)
            return
        catalogue_service.open_offering(self.offering, by=None)
        self.state = "open"

    @precondition(lambda self: self.tickets >= PEOPLE)
    @rule()
    def close_offering(self) -> None:
        catalogue_service.close_offering(self.offering, by=None)
        self.state = "closed"

    @invariant()
    def places_are_as_promised(self) -> None:
        query = select(Enrolment).where(Enrolment.offering_id == self.offering_id)
        places = list(db.session.scalars(query.order_by(Enrolment.ticket)))
        active = [place for place in places if place.state not in ENDED]
        assert max(Counter(place.user_id for place in active).values(), default=0) <= 1
        stand = {
            state: {place.user_id for place in active if place.state == state}
            for state in ("confirmed", "offered", "waiting")
        }
        assert stand == {
            "confirmed": {self.user_ids[who] for who in self.seated},
            "offered": {self.user_ids[who] for who in self.offers},
            "waiting": {self.user_ids[who] for _, _, who in self.queue},
        }
        assert [place.ticket for place in places] == list(range(1, self.tickets + 1))
        taken = len(self.seated) + len(self.offers)
        pool = self.pool
        db.session.expire(pool)
        assert (pool.taken, pool.waiting, pool.ticket, pool.capacity, pool.over_capacity) == (
            taken,
            len(self.queue),
            self.tickets,
            self.capacity,
            taken > self.capacity,
        )
        assert not self.queue or taken >= self.capacity

    @invariant()
    def everybody_sees_their_number_in_the_queue(self) -> None:
        for number, (_, _, who) in enumerate(sorted(self.queue), 1):
            assert queries.place_of(self.place_of(who)).queue_number == number

    def teardown(self) -> None:
        db.session.rollback()
