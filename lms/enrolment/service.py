"""Verbs over places: join, leave, take the roll. Seats are given by one statement (ADR 0011)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, select, update

from lms.audit import service as audit
from lms.catalogue import rules as catalogue_rules
from lms.catalogue.models import ClassSession, Offering, OfferingState
from lms.db import db, lock, unique_or
from lms.enrolment import events, queries
from lms.enrolment.models import Attendance, Enrolment, EnrolmentState, Presence
from lms.kernel.errors import Conflict, NotFound
from lms.people.models import User


def enrol(offering: Offering, user: User, *, by: int | None, now: datetime) -> Enrolment:
    """Give the person a seat, or a place in the queue when none is free.

    Raises Conflict: outside the window, or enrolled already (also when two requests race).
    """
    verdict = catalogue_rules.may_enter(offering.state, offering.opens_at, offering.closes_at, now)
    if not verdict.ok:
        raise Conflict(verdict.reasons[0])
    if queries.active_enrolment(offering.id, user.id) is not None:
        raise Conflict("already-enrolled")
    with unique_or("already-enrolled", "uq_enrolment_active"):
        ticket, outcome = _draw_ticket(offering)
        enrolment = Enrolment(
            offering_id=offering.id, user_id=user.id, state=outcome, ticket=ticket
        )
        db.session.add(enrolment)
    audit.record(by, "enrolment.enrolled", enrolment, state=outcome, ticket=ticket)
    events.enrolled.send(enrolment)
    return enrolment


def _draw_ticket(offering: Offering) -> tuple[int, str]:
    # One UPDATE decides seat and queue number: the row lock orders everybody, nobody overtakes
    # the queue, and a full offering is found full by the same statement that would take a seat.
    seat = (Offering.taken < Offering.capacity) & (Offering.waiting == 0)
    drawn = db.session.execute(
        update(Offering)
        .where(Offering.id == offering.id, Offering.state == OfferingState.OPEN.value)
        .values(
            ticket=Offering.ticket + 1,
            outcome=case(
                (seat, EnrolmentState.CONFIRMED.value), else_=EnrolmentState.WAITING.value
            ),
            taken=Offering.taken + case((seat, 1), else_=0),
            waiting=Offering.waiting + case((seat, 0), else_=1),
        )
        .returning(Offering.ticket, Offering.outcome)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    db.session.expire(offering)
    if drawn is None:  # closed since it was read
        raise Conflict("offering-not-open")
    return drawn.ticket, str(drawn.outcome)


def withdraw(enrolment: Enrolment, *, by: int | None, now: datetime) -> Enrolment | None:
    """Give up a place; the first in the queue gets the seat and is returned.

    Raises Conflict when it was given up already, or when the offering is over: what happened in
    it, and what was certified, stays.
    """
    offering = enrolment.offering
    lock(offering)
    db.session.refresh(enrolment)
    zone = ZoneInfo(offering.course_version.course.provider.timezone)
    if now.astimezone(zone).date() > offering.ends_on:
        raise Conflict("withdrawal-too-late")
    if enrolment.state == EnrolmentState.WITHDRAWN:
        raise Conflict("withdrawn-already")
    if enrolment.state == EnrolmentState.CONFIRMED:
        offering.taken -= 1
    else:
        offering.waiting -= 1
    enrolment.state = EnrolmentState.WITHDRAWN.value
    enrolment.withdrawn_at = now
    promoted = _promote(offering)
    db.session.flush()
    audit.record(by, "enrolment.withdrawn", enrolment)
    if promoted is not None:
        audit.record(by, "enrolment.promoted", promoted)
    events.withdrawn.send(enrolment)
    return promoted


def _promote(offering: Offering) -> Enrolment | None:
    if offering.waiting == 0 or offering.taken >= offering.capacity:
        return None
    query = select(Enrolment).where(
        Enrolment.offering_id == offering.id,
        Enrolment.state == EnrolmentState.WAITING.value,
    )
    first = db.session.scalars(query.order_by(Enrolment.ticket).limit(1)).one()
    first.state = EnrolmentState.CONFIRMED.value
    offering.waiting -= 1
    offering.taken += 1
    return first


def take_roll(session: ClassSession, marks: dict[str, Presence], *, by: int, now: datetime) -> int:
    """Record the roll of one session; ``marks`` maps enrolment public ids to presence.

    Returns how many rows changed. Raises NotFound for a person who is not in this offering.
    """
    people = {e.public_id: e for e in queries.confirmed(session.offering_id)}
    strangers = set(marks) - set(people)
    if strangers:
        raise NotFound
    standing = {row.enrolment_id: row for row in queries.roll_of(session)}
    changed = 0
    for public_id, presence in marks.items():
        enrolment = people[public_id]
        row = standing.get(enrolment.id)
        if row is not None and row.presence == presence:
            continue
        before = row.presence if row is not None else None
        if row is None:
            row = Attendance(class_session_id=session.id, enrolment_id=enrolment.id)
            db.session.add(row)
        row.presence = presence.value
        row.recorded_by_id = by
        row.recorded_at = now
        changed += 1
        db.session.flush()
        audit.record(by, "enrolment.attendance.recorded", row, before=before, after=presence.value)
    return changed


def only_confirmed(enrolment: Enrolment) -> None:
    """Raise Conflict unless the person holds a seat."""
    if enrolment.state != EnrolmentState.CONFIRMED:
        raise Conflict("not-confirmed")
