"""What staff and agencies change: how many seats, terms, transfer, substitution."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lms.audit import service as audit
from lms.catalogue import prerequisites
from lms.catalogue.kinds import OfferingState
from lms.catalogue.models import Offering, SeatPool, SeatTerms
from lms.db import db, unique_or
from lms.enrolment import door, queries, recording, seats
from lms.enrolment.models import Enrolment, Way
from lms.enrolment.states import Deed, State
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import Organisation, User


def change_capacity(  # who, when and how far
    pool: SeatPool, capacity: int, *, over: bool, by: int | None, now: datetime
) -> list[Enrolment]:
    """Raise or lower the seats of a pool; those who get one by it are returned.

    Raises Conflict when more people have a seat than there would be, unless ``over`` says that
    this is meant: then nobody loses a seat, and nobody gets one until enough were given up.
    """
    if capacity < 0:
        raise Invalid(fields={"capacity": "capacity-impossible"})
    seats.hold(pool)
    if capacity < pool.taken and not over:
        raise Conflict("capacity-below-taken", taken=pool.taken)
    before, pool.capacity = pool.capacity, capacity
    pool.over_capacity = pool.taken > capacity
    db.session.flush()
    offering = db.session.get_one(Offering, pool.offering_id)
    audit.record(
        by,
        "enrolment.capacity.changed",
        offering,
        mode=pool.mode,
        changes={"capacity": [before, capacity]},
    )
    return seats.settle(pool, by=by, now=now)


def set_terms(
    offering: Offering,
    organisation: Organisation,
    *,
    rank: int,
    quota: int | None,
    by: int | None,
) -> SeatTerms:
    """Say what holds for the people of an organisation who ask from now on.

    Raises Conflict when it has terms already, Invalid for numbers that cannot be.
    """
    if not 0 <= rank <= 100 or (quota is not None and quota < 0):
        raise Invalid(fields={"rank": "terms-impossible"})
    terms = SeatTerms(
        offering_id=offering.id, organisation_id=organisation.id, rank=rank, quota=quota
    )
    with unique_or("terms-already"):
        db.session.add(terms)
    audit.record(
        by,
        "enrolment.terms.set",
        offering,
        organisation=organisation.code,
        rank=rank,
        quota=quota,
    )
    return terms


def transfer(place: Enrolment, pool: SeatPool, *, by: int, now: datetime, reason: str) -> Enrolment:
    """Move a person to another offering: a seat there or its queue, whatever the window says.

    Raises Conflict when the person has a place there, or either offering is over or cancelled.
    """
    other = db.session.get_one(Offering, pool.offering_id)
    _only_running(place.offering, now)
    _only_running(other, now)
    if queries.active_enrolment(other.id, place.user_id) is not None:
        raise Conflict("already-enrolled")
    for each in sorted((place.pool, pool), key=lambda one: one.id):  # no two wait for each other
        seats.hold(each)
    db.session.refresh(place)
    seats.leave(place)
    recording.move(place, Deed.TRANSFER, State.TRANSFERRED, by=by, now=now, reason=reason.strip())
    seats.settle(place.pool, by=by, now=now)
    moved = _placed(pool, place.user, by)
    with unique_or("already-enrolled", "uq_enrolment_active"):
        moved.state = seats.draw(moved).value
        db.session.add(moved)
    recording.note(moved, Deed.ENROL, None, by=by, reason=reason.strip())
    if moved.state == State.WAITING:
        seats.settle(pool, by=by, now=now, joining=moved)
    return moved


def substitute(
    place: Enrolment, officer: User, *, by: int, now: datetime, reason: str
) -> Enrolment:
    """Let another officer of the same agency have the very seat; the queue is not asked.

    Raises Conflict when there is no such seat, the officer has a place already or belongs to
    another agency, or the offering is over.
    """
    _only_running(place.offering, now)
    if officer.organisation_id is None or officer.organisation_id != place.user.organisation_id:
        raise Conflict("substitute-of-another-agency")
    if queries.active_enrolment(place.offering_id, officer.id) is not None:
        raise Conflict("already-enrolled")
    prerequisites.check(place.offering.course_version, officer, now)
    pool = place.pool
    seats.hold(pool)
    db.session.refresh(place)
    recording.move(place, Deed.SUBSTITUTE, State.SUBSTITUTED, by=by, now=now, reason=reason.strip())
    pool.ticket += 1
    heir = _placed(pool, officer, by)
    heir.ticket, heir.rank, heir.terms_id = pool.ticket, place.rank, place.terms_id
    heir.state = State.CONFIRMED.value
    with unique_or("already-enrolled", "uq_enrolment_active"):
        db.session.add(heir)
    recording.note(heir, Deed.ENROL, None, by=by, reason=reason.strip())
    return heir


def _only_running(offering: Offering, now: datetime) -> None:
    zone = ZoneInfo(offering.course_version.course.provider.timezone)
    over = now.astimezone(zone).date() > offering.ends_on
    if over or offering.state == OfferingState.CANCELLED:
        raise Conflict("offering-over")


def _placed(pool: SeatPool, user: User, by: int) -> Enrolment:
    offering = db.session.get_one(Offering, pool.offering_id)
    terms = door.terms_for(offering, user)
    return Enrolment(
        offering_id=offering.id,
        pool_id=pool.id,
        user_id=user.id,
        way=Way.MANAGER.value,
        rank=terms.rank if terms else 100,
        terms_id=terms.id if terms else None,
        nominated_by_id=by,
    )
