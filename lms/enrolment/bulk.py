"""Many people at once into the same seats, as ``service.enrol`` does it one by one."""

from collections.abc import Sequence
from datetime import datetime

from lms.audit import service as audit
from lms.catalogue.models import Offering, SeatPool
from lms.db import db, unique_or
from lms.enrolment import events, recording, seats
from lms.enrolment.models import Enrolment, Way
from lms.enrolment.states import Deed
from lms.kernel.errors import Conflict
from lms.people.models import User


def enrol_many(
    offering: Offering, pool: SeatPool, users: Sequence[User], *, by: int, now: datetime
) -> list[Enrolment]:
    """Give them seats and places in the queue in this order, past the approvals; tells nobody.

    For offerings without terms of agencies, of people whose window and prerequisites are checked.
    Raises Conflict, and nobody is enrolled, when the pool takes nobody (any more) or one of them
    has a place meanwhile.
    """
    seats.hold(pool)
    if not pool.accepting:
        raise Conflict("offering-not-open")
    places = [_place(offering, pool, user) for user in users]
    with unique_or("already-enrolled", "uq_enrolment_active"):
        db.session.add_all(places)
    with audit.together():
        for place in places:
            recording.note(place, Deed.ENROL, None, by=by, quiet=True)
            events.enrolled.send(place)
    seats.settle(pool, by=by, now=now)
    return places


def _place(offering: Offering, pool: SeatPool, user: User) -> Enrolment:
    ticket, state = seats.draw_held(pool)
    return Enrolment(
        offering_id=offering.id,
        pool_id=pool.id,
        user_id=user.id,
        way=Way.MANAGER.value,
        ticket=ticket,
        state=state.value,
    )
