"""Any order of joining, leaving, opening and closing keeps what the README promises of places."""

from collections import Counter

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from lms.catalogue import service as catalogue_service
from lms.catalogue.models import CourseVersion, Offering
from lms.db import db, transaction
from lms.enrolment import queries, service
from lms.enrolment.models import Enrolment
from lms.kernel.errors import Conflict
from lms.people.models import User
from tests.make import NOW, make_course, make_offering, make_user

PEOPLE = 6
WHO = st.integers(0, PEOPLE - 1)
REFUSED = {"planned": "offering-not-open", "closed": "offering-not-open"}

# Without Phase.shrink a failure is told at once; with it, the story gets short in some minutes.
QUICK = settings(max_examples=30, stateful_step_count=25, phases=[Phase.generate])


class Places(RuleBasedStateMachine):
    """One offering, some people, and beside them what the state table says should be so."""

    version_id: int
    user_ids: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.state = "planned"
        self.seated: set[int] = set()
        self.queue: list[int] = []
        self.tickets = 0
        self.left: list[int] = []

    @initialize(capacity=st.integers(1, 3))
    def announce(self, capacity: int) -> None:
        self.capacity = capacity
        version = db.session.get_one(CourseVersion, self.version_id)
        self.offering_id = make_offering(version, capacity=capacity, opened=False).id

    @property
    def offering(self) -> Offering:
        return db.session.get_one(Offering, self.offering_id)

    @rule(who=WHO)
    def enrol(self, who: int) -> None:
        user = db.session.get_one(User, self.user_ids[who])
        refusal = REFUSED.get(self.state)
        if refusal is None and (who in self.seated or who in self.queue):
            refusal = "already-enrolled"
        if refusal is not None:
            with pytest.raises(Conflict, match=refusal):
                service.enrol(self.offering, user, by=user.id, now=NOW)
            return
        place = service.enrol(self.offering, user, by=user.id, now=NOW)
        self.tickets += 1
        assert place.ticket == self.tickets
        if len(self.seated) < self.capacity and not self.queue:
            self.seated.add(who)
        else:
            self.queue.append(who)

    @precondition(lambda self: self.seated or self.queue)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from([*sorted(self.seated), *self.queue]))
        place = queries.active_enrolment(self.offering_id, self.user_ids[who])
        assert place is not None
        promoted = service.withdraw(place, by=place.user_id, now=NOW)
        self.left.append(place.id)
        if who in self.queue:
            self.queue.remove(who)
            assert promoted is None
            return
        self.seated.remove(who)
        expected = self.queue.pop(0) if self.queue else None
        assert (promoted.user_id if promoted else None) == (
            None if expected is None else self.user_ids[expected]
        )
        if expected is not None:
            self.seated.add(expected)

    @precondition(lambda self: self.left)
    @rule(data=st.data())
    def withdraw_again(self, data: st.DataObject) -> None:
        place = db.session.get_one(Enrolment, data.draw(st.sampled_from(self.left)))
        with pytest.raises(Conflict, match="withdrawn-already"):
            service.withdraw(place, by=place.user_id, now=NOW)

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
        active = [place for place in places if place.state != "withdrawn"]
        confirmed = [place.user_id for place in active if place.state == "confirmed"]
        waiting = [place.user_id for place in active if place.state == "waiting"]
        assert max(Counter(place.user_id for place in active).values(), default=0) <= 1
        assert len(confirmed) <= self.capacity
        assert not waiting or len(confirmed) == self.capacity
        assert set(confirmed) == {self.user_ids[who] for who in self.seated}
        assert waiting == [self.user_ids[who] for who in self.queue]
        assert [place.ticket for place in places] == list(range(1, self.tickets + 1))
        db.session.expire(self.offering)
        counted = (len(confirmed), len(waiting), len(places))
        assert (self.offering.taken, self.offering.waiting, self.offering.ticket) == counted

    @invariant()
    def everybody_sees_their_number_in_the_queue(self) -> None:
        for number, who in enumerate(self.queue, 1):
            place = queries.active_enrolment(self.offering_id, self.user_ids[who])
            assert place is not None
            assert queries.place_of(place).queue_number == number

    def teardown(self) -> None:
        db.session.rollback()


def test_places_in_any_order_of_deeds(app: Flask) -> None:
    del app
    with transaction():
        Places.version_id = make_course().id
        Places.user_ids = [make_user().id for _ in range(PEOPLE)]
    run_state_machine_as_test(Places, settings=QUICK)
