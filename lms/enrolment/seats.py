"""Who gets a seat: the only place that moves the counters of a pool (ADR 0011).

Everything here holds the pool's row to the end of the transaction, so that all comers for it take
turns. Invariant: a seat is free only while nobody is waiting whom the terms let have it.
"""

from datetime import datetime, timedelta

from sqlalchemy import (
    Integer,
    Select,
    String,
    bindparam,
    case,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm.attributes import set_committed_value

from lms.catalogue.models import Offering, SeatPool, SeatTerms
from lms.db import Model, db, lock
from lms.enrolment import recording
from lms.enrolment.models import Enrolment
from lms.enrolment.states import SEATED, Deed, State
from lms.jobs.port import enqueue
from lms.kernel.errors import Conflict
from lms.reading import text_of
from lms.writing import Writing

LAPSE_JOB = "enrolment.lapse"


_pool = SeatPool.__table__.c
_COUNTED = ("taken", "waiting", "capacity")
_SEAT = (_pool.taken < _pool.capacity) & (_pool.waiting == literal_column("0"))
_ONE, _NONE = literal_column("1", Integer), literal_column("0", Integer)
_SEATED = literal_column(f"'{State.CONFIRMED}'", String)
_QUEUED = literal_column(f"'{State.WAITING}'", String)
# One UPDATE decides seat and queue number: the row lock orders everybody, nobody overtakes the
# queue, and a full pool is found full by the same statement that would take a seat.
_DRAW = Writing(
    update(SeatPool)
    .where(_pool.id == bindparam("pool_id"), _pool.accepting)
    .values(
        ticket=_pool.ticket + _ONE,
        outcome=case((_SEAT, _SEATED), else_=_QUEUED),
        taken=_pool.taken + case((_SEAT, _ONE), else_=_NONE),
        waiting=_pool.waiting + case((_SEAT, _NONE), else_=_ONE),
    )
    .returning(text_of(_pool.ticket), _pool.outcome, *(text_of(_pool[name]) for name in _COUNTED))
)


def draw(place: Enrolment) -> State:
    """Give the place a ticket, and a seat or a place in the queue; the state it comes to.

    Raises Conflict when the pool takes nobody (any more).
    """
    ticket, outcome = _ticket(place.pool_id)
    place.ticket = ticket
    if outcome == State.CONFIRMED and place.terms_id and not _take_quota(place.terms_id):
        pool = db.session.get_one(SeatPool, place.pool_id)
        pool.taken -= 1
        pool.waiting += 1
        return State.WAITING
    return outcome


def _ticket(pool_id: int) -> tuple[int, State]:
    db.session.flush()
    drawn = _DRAW.send(pool_id=pool_id)
    if drawn is None:
        raise Conflict("offering-not-open")
    ticket, outcome, *counted = drawn
    pool = _loaded(SeatPool, pool_id)
    if pool is not None:  # the statement went past the session
        numbers = dict(zip(_COUNTED, map(int, counted), strict=True))
        for name, value in {**numbers, "ticket": int(ticket), "outcome": outcome}.items():
            set_committed_value(pool, name, value)
    return int(ticket), State(outcome)


def take_back(place: Enrolment) -> None:
    """Undo the draw just made for a place that came to nothing; its pool is held since then."""
    pool = db.session.get_one(SeatPool, place.pool_id, populate_existing=True)
    pool.ticket -= 1
    if place.state == State.WAITING:
        pool.waiting -= 1
    else:
        pool.taken -= 1
        if place.terms_id:
            terms = db.session.get_one(SeatTerms, place.terms_id, populate_existing=True)
            terms.taken -= 1
    db.session.flush()


def draw_held(pool: SeatPool) -> tuple[int, State]:
    """Ticket and outcome of the next comer to a pool that is held, without terms of an agency.

    Nobody else can count meanwhile, so it needs no statement; the caller flushes.
    """
    seat = pool.taken < pool.capacity and pool.waiting == 0
    pool.ticket += 1
    pool.taken += seat
    pool.waiting += not seat
    return pool.ticket, State.CONFIRMED if seat else State.WAITING


def _take_quota(terms_id: int) -> bool:
    taken = db.session.execute(
        update(SeatTerms)
        .where(
            SeatTerms.id == terms_id,
            or_(SeatTerms.quota.is_(None), SeatTerms.taken < SeatTerms.quota),
        )
        .values(taken=SeatTerms.taken + 1)
        .returning(SeatTerms.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    _forget(SeatTerms, terms_id)
    return taken is not None


def _forget(model: type[Model], key: int) -> None:
    # The statement went past the session: what it has loaded of the row is old.
    if (loaded := _loaded(model, key)) is not None:
        db.session.expire(loaded)


def _loaded(model: type[Model], key: int) -> Model | None:
    found: Model | None = db.session.identity_map.get(db.session.identity_key(model, key))
    return found


def hold(pool: SeatPool) -> None:
    """Let others wait for their turn, and read the pool anew."""
    lock(pool)


def leave(place: Enrolment) -> None:
    """Take a place out of seat or queue; the caller holds the pool, moves the state and settles."""
    pool = place.pool
    if place.state in SEATED:
        pool.taken -= 1
        pool.over_capacity = pool.taken > pool.capacity
        if place.terms is not None:
            place.terms.taken -= 1
    elif place.state == State.WAITING:
        pool.waiting -= 1
    db.session.flush()


def settle(
    pool: SeatPool, *, by: int | None, now: datetime, joining: Enrolment | None = None
) -> list[Enrolment]:
    """Give free seats to those who are next, at once or as an offer; returns them in order.

    Who is ``joining`` just now is there to take the seat: nothing is offered to them.
    """
    offering = db.session.get_one(Offering, pool.offering_id)
    moved: list[Enrolment] = []
    while pool.taken < pool.capacity and pool.waiting > 0:
        place = db.session.scalar(_next(pool))
        if place is None:  # the terms of all who wait are used up
            break
        pool.waiting -= 1
        pool.taken += 1
        if place.terms is not None:
            place.terms.taken += 1
        hours = None if place is joining else offering.offer_hours
        _seat(place, hours, by=by, now=now)
        moved.append(place)
    return moved


def _next(pool: SeatPool) -> Select[Enrolment]:
    within = or_(SeatTerms.quota.is_(None), SeatTerms.taken < SeatTerms.quota)
    return (
        select(Enrolment)
        .outerjoin(SeatTerms, SeatTerms.id == Enrolment.terms_id)
        .where(
            Enrolment.pool_id == pool.id,
            Enrolment.state == State.WAITING.value,
            within,
        )
        .order_by(Enrolment.rank, Enrolment.ticket)
        .limit(1)
    )


def _seat(place: Enrolment, hours: int | None, *, by: int | None, now: datetime) -> None:
    if hours is None:
        recording.move(place, Deed.PROMOTE, State.CONFIRMED, by=by, now=now)
        return
    place.offer_expires_at = now + timedelta(hours=hours)
    recording.move(place, Deed.OFFER, State.OFFERED, by=by, now=now)
    enqueue(LAPSE_JOB, run_at=place.offer_expires_at, enrolment_id=place.id)
