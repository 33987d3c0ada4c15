"""A place for an address of which the course manager may not know whether it has an account.

Nothing tells them apart: in every case a mail goes to the address, and whoever signs in with it
takes the place by the link. The link names the promise and nobody: links stand in logs.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from lms.audit import service as audit
from lms.catalogue.models import Offering, SeatPool
from lms.db import db, lock
from lms.enrolment import service
from lms.enrolment.models import Enrolment, Promise, PromiseState, Way
from lms.kernel import text
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.permissions import Permission, allowed
from lms.mail import service as mail
from lms.people import queries as people_queries
from lms.people.models import User
from lms.web import running

DAYS = 14
KEPT_DAYS = 60
"""So long after its last day a promise is still listed; then the address is forgotten."""
_MOST = 100


def promise(  # what is promised, to whom, and what is kept of it
    offering: Offering, email: str, reason: str, *, pool: SeatPool, by: User, now: datetime
) -> Promise:
    """Let whoever has this address in, once they say so; raises as ``service.admit``."""
    service.check_admission(offering, reason, now=now)
    return _made(offering, email, reason.strip(), pool, by=by, now=now)


def invite(offering: Offering, email: str, *, pool: SeatPool, by: User, now: datetime) -> Promise:
    """Let whoever has this address enrol as a course manager would; raises as the window does."""
    service.check_window(offering, now)
    return _made(offering, email, "", pool, by=by, now=now)


def _made(  # of whom, for whom and why
    offering: Offering, email: str, reason: str, pool: SeatPool, *, by: User, now: datetime
) -> Promise:
    made = Promise(
        offering=offering,
        pool=pool,
        email=email.strip(),
        email_key=text.key(email),
        reason=reason,
        made_by=by,
        until=now + timedelta(days=DAYS),
    )
    db.session.add(made)
    db.session.flush()
    # Not the address: the trail is read by many.
    audit.record(by.id, "enrolment.promised", offering, reason=reason or None)
    _tell(made)
    return made


def _tell(made: Promise) -> None:
    """Mail the link; in the manager's language, for nothing is known of who reads it."""
    offering, ours = made.offering, running.settings()
    path = f"/offerings/{offering.public_id}/promised?promise={made.public_id}"
    mail.send(
        made.email,
        "enrolment/promise",
        made.made_by.locale,
        inviter=made.made_by.name,
        offering=offering,
        link=ours.base_url + path,
        days=DAYS,
        reason=made.reason,
    )


def open_to(offering_ids: Collection[int], email_keys: Collection[str]) -> set[tuple[int, str]]:
    """Which of these offerings are promised to which of these addresses (one statement)."""
    query = select(Promise.offering_id, Promise.email_key).where(
        Promise.offering_id.in_(offering_ids),
        Promise.email_key.in_(email_keys),
        Promise.state == PromiseState.OPEN.value,
    )
    return {(offering_id, key) for offering_id, key in db.session.execute(query)}


def of_offering(offering: Offering) -> list[Promise]:
    """What was promised, newest first, a hundred at most."""
    query = (
        select(Promise)
        .where(Promise.offering_id == offering.id)
        .options(joinedload(Promise.made_by), joinedload(Promise.withdrawn_by))
        .order_by(Promise.id.desc())
        .limit(_MOST)
    )
    return list(db.session.scalars(query))


def by_public_id(offering: Offering, public_id: str) -> Promise:
    """A promise of this offering and of no other; raises NotFound."""
    query = select(Promise).where(
        Promise.public_id == public_id, Promise.offering_id == offering.id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def opened(public_id: str, offering: Offering, user: User) -> Promise:
    """What a link promises to this person; raises NotFound for any other link or person."""
    found = by_public_id(offering, public_id)
    if found.email_key != user.email_key:
        raise NotFound
    return found


def check(made: Promise, *, now: datetime) -> None:
    """Raises Conflict for a promise that was withdrawn, taken, or is too old."""
    if made.state == PromiseState.WITHDRAWN:
        raise Conflict("promise-withdrawn")
    if made.state == PromiseState.VOID:
        raise Conflict("promise-void")
    if made.state == PromiseState.TAKEN:
        raise Conflict("already-enrolled")
    if made.until < now:
        raise Conflict("promise-over")


def holds(made: Promise) -> bool:
    """Whether who made it still has an account that may admit people there."""
    maker = made.made_by
    if not maker.is_active:
        return False
    actor = people_queries.actor_of(maker)
    return allowed(actor, Permission.CATALOGUE_OFFERING_EDIT, made.offering)


def standing(promises: Sequence[Promise], *, now: datetime) -> dict[int, PromiseState | None]:
    """How each promise stands, by its id; None for one that nobody took in time."""
    makers = {one.made_by: one for one in promises if one.state == PromiseState.OPEN}
    gone = {maker.id for maker, one in makers.items() if not holds(one)}
    found: dict[int, PromiseState | None] = {}
    for one in promises:
        state = PromiseState(one.state)
        if state is PromiseState.OPEN and one.made_by_id in gone:
            state = PromiseState.VOID
        found[one.id] = None if state is PromiseState.OPEN and one.until < now else state
    return found


def keep(made: Promise, user: User, *, now: datetime) -> Enrolment | None:
    """Let the person in as promised; None, and kept so, when who promised may not do so any more.

    Raises as ``check`` and ``service.admit``.
    """
    lock(made)
    check(made, now=now)
    if not holds(made):
        _end(made, PromiseState.VOID, now=now)
        # Not who came: no place, so nobody is told who has the address.
        audit.record(None, "enrolment.promise.void", made.offering, reason=made.reason)
        return None
    _end(made, PromiseState.TAKEN, now=now)
    by, pool = made.made_by_id, made.pool
    if made.reason:
        return service.admit(made.offering, user, made.reason, by=by, now=now, pool=pool)
    if user.id == by:
        raise Forbidden("admit-own")
    return service.enrol(made.offering, user, by=by, now=now, pool=pool, way=Way.MANAGER)


def withdraw(made: Promise, reason: str, *, by: int, now: datetime) -> None:
    """Take a promise back, and say so to the address.

    Raises Invalid without a reason and Conflict for what is not open any more.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    if not take_back(made, reason.strip(), by=by, now=now):
        raise Conflict("promise-not-open")


def take_back(made: Promise, reason: str, *, by: int, now: datetime) -> bool:
    """Withdraw a promise if it is open still; whether it was."""
    lock(made)
    if made.state != PromiseState.OPEN:
        return False
    made.withdrawn_by_id, made.withdrawn_because = by, reason
    _end(made, PromiseState.WITHDRAWN, now=now)
    audit.record(by, "enrolment.promise.withdrawn", made.offering, reason=reason or None)
    kind, locale = "enrolment/promise_withdrawn", made.made_by.locale
    mail.send(made.email, kind, locale, offering=made.offering, why=reason)
    return True


def _end(made: Promise, state: PromiseState, *, now: datetime) -> None:
    made.state, made.ended_at = state.value, now


def forget(*, now: datetime) -> None:
    """Remove promises that ended long ago, and their addresses with them."""
    old = now - timedelta(days=KEPT_DAYS)
    db.session.execute(delete(Promise).where(Promise.until < old))
