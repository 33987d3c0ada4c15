"""Verbs over places: ask for one, agree to it, take an offer, give it up, lose it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lms.catalogue import prerequisites
from lms.catalogue import rules as catalogue_rules
from lms.catalogue.kinds import Approver
from lms.catalogue.models import Offering, SeatPool
from lms.db import db
from lms.enrolment import door, events, queries, recording, seats
from lms.enrolment.models import Approval, Enrolment, Way
from lms.enrolment.states import Deed, State
from lms.kernel import clock, codes
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.objects import with_facts
from lms.people.models import User


def enrol(
    offering: Offering,
    user: User,
    *,
    by: int | None,
    now: datetime,
    pool: SeatPool | None = None,
    way: Way = Way.SELF,
) -> Enrolment:
    """Give the person a seat, a place in the queue, or a place that somebody has to agree to first.

    A course manager (``Way.MANAGER``) enrols past the approvals. Raises Conflict: outside the
    window, a place already (also when two requests race), or without what the course asks for
    beforehand; Invalid when the kind of seat must be chosen.
    """
    prerequisites.check_for(offering, user, now)
    place = _new_place(offering, user, pool, way, now=now)
    approvers = [] if way is Way.MANAGER else _approvers(offering, user)
    if approvers:
        place.state = State.APPLIED.value
        return _added(place, Deed.APPLY, by=by, now=now, approvers=approvers)
    return _added(place, Deed.ENROL, by=by, now=now)


def admit(
    offering: Offering,
    user: User,
    reason: str,
    *,
    by: int,
    now: datetime,
    pool: SeatPool | None = None,
) -> Enrolment:
    """A course manager lets somebody in past prerequisites and approvals, for a reason.

    Raises Forbidden for oneself, Invalid without a reason, else as ``enrol``.
    """
    if user.id == by:
        raise Forbidden("admit-own")
    check_admission(offering, reason, now=now)
    place = _new_place(offering, user, pool, Way.MANAGER, now=now)
    place.admitted_because = reason.strip()
    return _added(place, Deed.ADMIT, by=by, now=now)


def check_admission(offering: Offering, reason: str, *, now: datetime) -> None:
    """Raises Invalid without a reason and Conflict outside the window, whoever is let in."""
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    check_window(offering, now)


def nominate(
    offering: Offering, user: User, *, by: int, now: datetime, pool: SeatPool | None = None
) -> Enrolment:
    """Put an officer forward for a place that they accept or decline; holds no seat.

    Raises as ``enrol``.
    """
    prerequisites.check_for(offering, user, now)
    place = _new_place(offering, user, pool, Way.NOMINATION, now=now)
    place.nominated_by_id = by
    place.state = State.NOMINATED.value
    return _added(place, Deed.NOMINATE, by=by, now=now)


def _new_place(
    offering: Offering, user: User, pool: SeatPool | None, way: Way, *, now: datetime
) -> Enrolment:
    check_window(offering, now)
    terms = door.terms_for(offering, user)
    return with_facts(  # the row is written past the session
        Enrolment,
        public_id=codes.new_public_id(),
        offering_id=offering.id,
        pool_id=(pool or _only_pool(offering)).id,
        user_id=user.id,
        way=way.value,
        rank=terms.rank if terms else 100,
        terms_id=terms.id if terms else None,
        admitted_because="",
        created_at=clock.now(),
    )


def check_window(offering: Offering, now: datetime) -> None:
    """Raises Conflict when nobody may ask for a place there now."""
    verdict = catalogue_rules.may_enter(offering.state, offering.opens_at, offering.closes_at, now)
    if not verdict.ok:
        raise Conflict(verdict.reasons[0])


def _only_pool(offering: Offering) -> SeatPool:
    if len(offering.pools) != 1:
        raise Invalid(fields={"pool": "seat-kind-missing"})
    return offering.pools[0]


def _approvers(offering: Offering, user: User, *, nominated: bool = False) -> list[Approver]:
    """Whom this person needs, in order: nobody whom they have not, or who nominated them.

    For a line manager who is not known the agency is asked.
    """
    needed = {Approver(each) for each in offering.approvals}
    if Approver.LINE_MANAGER in needed and user.reports_to is None:
        needed = needed - {Approver.LINE_MANAGER} | {Approver.AGENCY}
    if nominated or user.organisation is None:
        needed -= {Approver.LINE_MANAGER, Approver.AGENCY}
    return [each for each in Approver if each in needed]


def _added(
    place: Enrolment,
    deed: Deed,
    *,
    by: int | None,
    now: datetime,
    approvers: list[Approver] | None = None,
) -> Enrolment:
    if deed in {Deed.ENROL, Deed.ADMIT}:
        place.state = seats.draw(place).value
    if not recording.add(place):
        if place.ticket is not None:
            seats.take_back(place)
        raise Conflict("already-enrolled")
    if approvers:
        _ask(place, approvers)
        db.session.flush()
    recording.note(place, deed, None, by=by, reason=place.admitted_because)
    if place.state == State.WAITING:
        seats.settle(place.pool, by=by, now=now, joining=place)
    events.enrolled.send(place)
    return place


def _ask(place: Enrolment, approvers: list[Approver]) -> None:
    place.approvals = [
        Approval(position=position, approver=approver.value)
        for position, approver in enumerate(approvers)
    ]


def accept(place: Enrolment, *, by: int, now: datetime) -> None:
    """The nominated officer wants the place; raises Conflict when it is too late."""
    hold(place)
    if place.state == State.NOMINATED:
        check_window(place.offering, now)
        prerequisites.check_for(place.offering, place.user, now)
    approvers = _approvers(place.offering, place.user, nominated=True)
    if approvers:
        _ask(place, approvers)
        recording.move(place, Deed.ACCEPT, State.APPLIED, by=by, now=now)
    else:
        _join(place, Deed.ACCEPT, by=by, now=now)


def decline(place: Enrolment, *, by: int, now: datetime, reason: str = "") -> None:
    """The officer does not want the nomination, or the offered seat."""
    _end(place, Deed.DECLINE, State.DECLINED, by=by, now=now, reason=reason)


def approve(approval: Approval, *, by: int, now: datetime, reason: str = "") -> None:
    """One who is asked agrees; after the last one the person gets a seat or waits for one.

    Raises Conflict when somebody else is to decide first, or it is decided already.
    """
    place = approval.enrolment
    _decide(approval, agreed=True, by=by, now=now, reason=reason)
    if all(each.agreed for each in place.approvals):
        _join(place, Deed.APPROVE, by=by, now=now, reason=reason)
    else:
        recording.move(place, Deed.APPROVE, State.APPLIED, by=by, now=now, reason=reason)


def reject(approval: Approval, *, by: int, now: datetime, reason: str) -> None:
    """One who is asked does not agree, for a reason that the person is told."""
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    _decide(approval, agreed=False, by=by, now=now, reason=reason)
    recording.move(
        approval.enrolment, Deed.REJECT, State.REJECTED, by=by, now=now, reason=reason.strip()
    )


def _decide(approval: Approval, *, agreed: bool, by: int, now: datetime, reason: str) -> None:
    place = approval.enrolment
    hold(place)
    for each in place.approvals:
        db.session.refresh(each)
    open_ = queries.open_approval(place)
    if place.state != State.APPLIED or open_ is None or open_.id != approval.id:
        raise Conflict("approval-not-open")
    approval.agreed, approval.reason = agreed, reason.strip()
    approval.decided_by_id, approval.decided_at = by, now
    db.session.flush()


def _join(place: Enrolment, deed: Deed, *, by: int | None, now: datetime, reason: str = "") -> None:
    state = seats.draw(place)
    recording.move(place, deed, state, by=by, now=now, reason=reason)
    if state == State.WAITING:
        seats.settle(place.pool, by=by, now=now, joining=place)


def take_offer(place: Enrolment, *, by: int, now: datetime) -> None:
    """Take the seat that is offered; raises Conflict when the offer has run out."""
    hold(place)
    if place.offer_expires_at is not None and now >= place.offer_expires_at:
        raise Conflict("offer-lapsed")
    recording.move(place, Deed.TAKE_OFFER, State.CONFIRMED, by=by, now=now)


def lapse(place: Enrolment, *, now: datetime) -> None:
    """Give an offer that nobody took to the next one; does nothing when it was taken or renewed."""
    hold(place)
    if place.offer_expires_at is not None and now >= place.offer_expires_at:
        _end(place, Deed.LAPSE, State.LAPSED, by=None, now=now)


def withdraw(
    place: Enrolment, *, by: int | None, now: datetime, reason: str = ""
) -> Enrolment | None:
    """Give up a place; the first in the queue gets the seat, or an offer of it, and is returned.

    Raises Conflict when it was given up already, or when the offering is over: what happened in
    it, and what was certified, stays.
    """
    zone = ZoneInfo(place.offering.course_version.course.provider.timezone)
    if now.astimezone(zone).date() > place.offering.ends_on:
        raise Conflict("withdrawal-too-late")
    next_ones = _end(place, Deed.WITHDRAW, State.WITHDRAWN, by=by, now=now, reason=reason)
    events.withdrawn.send(place)
    return next_ones[0] if next_ones else None


def cancel(place: Enrolment, *, by: int | None, now: datetime, reason: str = "") -> None:
    """End a place because its offering does not take place; nobody else gets the seat."""
    hold(place)
    seats.leave(place)
    recording.move(place, Deed.CANCEL, State.CANCELLED, by=by, now=now, reason=reason)


def miss(place: Enrolment, *, by: int, now: datetime) -> None:
    """Note that the person did not come; raises Conflict before the first day."""
    zone = ZoneInfo(place.offering.course_version.course.provider.timezone)
    if now.astimezone(zone).date() < place.offering.starts_on:
        raise Conflict("offering-not-begun")
    hold(place)
    recording.move(place, Deed.MISS, State.NO_SHOW, by=by, now=now)


def _end(  # who, when and why
    place: Enrolment,
    deed: Deed,
    state: State,
    *,
    by: int | None,
    now: datetime,
    reason: str = "",
) -> list[Enrolment]:
    hold(place)
    seats.leave(place)
    recording.move(place, deed, state, by=by, now=now, reason=reason.strip())
    return seats.settle(place.pool, by=by, now=now)


def hold(place: Enrolment) -> None:
    """Take turns with all others in this pool, and read the place as it is now."""
    seats.hold(place.pool)
    db.session.refresh(place)


def only_confirmed(place: Enrolment) -> None:
    """Raise Conflict unless the person holds a seat."""
    if not place.is_active:
        raise Conflict("not-confirmed")
