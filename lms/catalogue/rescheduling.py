"""An offering that takes place at another time or place, or not at all."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lms.audit import service as audit
from lms.catalogue import events, queries
from lms.catalogue.kinds import OfferingState
from lms.catalogue.models import Offering
from lms.db import db, lock
from lms.kernel.errors import Conflict, Invalid


def cancel(offering: Offering, reason: str, *, by: int | None, now: datetime) -> None:
    """Say that it does not take place; features above end its places and tell the people.

    Raises Invalid without a reason; Conflict when it is cancelled already, or over.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    _still_ahead(offering, now)
    before, offering.state = offering.state, OfferingState.CANCELLED.value
    offering.sequence += 1
    for pool in offering.pools:
        lock(pool)
        pool.accepting = False
    db.session.flush()
    audit.record(
        by,
        "catalogue.offering.cancelled",
        offering,
        changes={"state": [before, offering.state]},
        reason=reason.strip(),
    )
    events.offering_cancelled.send(offering, by=by, now=now, reason=reason.strip())


def move(
    offering: Offering,
    starts_on: date,
    venue: str,
    *,
    by: int | None,
    now: datetime,
    accepted: bool = False,
) -> None:
    """Let it begin on another day or take place elsewhere; its class sessions move along.

    Each session keeps its time of the day. Raises Conflict when it is cancelled or over; Invalid
    when nothing changes, it would begin before today, or a feature above refuses and this is not
    ``accepted``.
    """
    _still_ahead(offering, now)
    zone = ZoneInfo(offering.course_version.course.provider.timezone)
    if starts_on < now.astimezone(zone).date():
        raise Invalid(fields={"starts_on": "offering-in-the-past"})
    days = (starts_on - offering.starts_on).days
    if not days and venue.strip() == offering.venue:
        raise Invalid("offering-not-moved")
    changes = {
        "starts_on": [offering.starts_on.isoformat(), starts_on.isoformat()],
        "venue": [offering.venue, venue.strip()],
    }
    offering.starts_on += timedelta(days=days)
    offering.ends_on += timedelta(days=days)
    elsewhere, offering.venue = offering.venue != venue.strip(), venue.strip()
    offering.sequence += 1
    for session in queries.sessions_of(offering):
        session.starts_at = _later(session.starts_at, days, zone)
        session.ends_at = _later(session.ends_at, days, zone)
        session.row_version += 1
    db.session.flush()
    events.offering_moving.send(offering, elsewhere=elsewhere, accepted=accepted, by=by)
    audit.record(by, "catalogue.offering.moved", offering, changes=changes)
    events.offering_moved.send(offering)


def _later(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    # By the clock on the wall, also where summer time begins in between.
    return moment.astimezone(zone) + timedelta(days=days)


def _still_ahead(offering: Offering, now: datetime) -> None:
    lock(offering)
    zone = ZoneInfo(offering.course_version.course.provider.timezone)
    if offering.state == OfferingState.CANCELLED:
        raise Conflict("offering-cancelled")
    if now.astimezone(zone).date() > offering.ends_on:
        raise Conflict("offering-over")
