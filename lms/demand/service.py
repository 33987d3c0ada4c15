"""Verbs over offerings without dates and the interest in them."""

from datetime import datetime

from lms.audit import service as audit
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import OfferingState
from lms.catalogue.models import CourseVersion, Offering
from lms.db import db, lock, unique_or
from lms.demand import notices, queries
from lms.demand.models import Interest, UndatedOffering, UndatedState
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.people.models import Organisation, User

MOST_PEOPLE = 500


def announce(
    version: CourseVersion, expected: str, venue: str, *, by: int | None
) -> UndatedOffering:
    """Say that a published course will run, dates to be announced; raises Conflict."""
    lock(version)
    catalogue_service.only_published(version)
    undated = UndatedOffering(
        course_id=version.course_id, expected=expected.strip(), venue=venue.strip()
    )
    db.session.add(undated)
    db.session.flush()
    audit.record(by, "demand.announced", undated, expected=expected.strip(), venue=venue.strip())
    return undated


def express(
    undated: UndatedOffering,
    user: User,
    *,
    agency: Organisation | None = None,
    people: int | None = None,
    by: int | None,
) -> Interest:
    """Note that somebody would come, or how many ``people`` of an agency; later words replace.

    Raises Conflict when nothing is collected any more, or a colleague spoke for the agency;
    Invalid when a number is given by somebody who speaks for none, or cannot be.
    """
    _still_collecting(undated)
    if people is not None and (agency is None or not 1 <= people <= MOST_PEOPLE):
        raise Invalid(fields={"people": "interest-people"})
    speaks_for = agency.id if agency is not None and people is not None else None
    found = queries.interest_of(undated, user.id)
    if found is None:
        found = Interest(undated_offering_id=undated.id, user_id=user.id)
    with unique_or("interest-of-agency"):
        found.organisation_id, found.people = speaks_for, people or 1
        db.session.add(found)
    audit.record(by, "demand.interest.expressed", undated, count=found.people)
    return found


def withdraw(undated: UndatedOffering, user_id: int, *, by: int | None) -> None:
    """Forget somebody's interest; raises NotFound when there is none."""
    lock(undated)
    found = queries.interest_of(undated, user_id)
    if found is None:
        raise NotFound
    db.session.delete(found)
    db.session.flush()
    audit.record(by, "demand.interest.withdrawn", undated)


def settle(undated: UndatedOffering, offering: Offering, *, by: int | None, now: datetime) -> int:
    """Name the offering that has the dates, and tell everybody interested once; returns how many.

    Raises Conflict when this is done or given up already, or when the offering takes nobody or
    is named elsewhere; NotFound for an offering of another course.
    """
    _still_collecting(undated)
    if offering.course_version.course_id != undated.course_id:
        raise NotFound
    lock(offering)
    if offering.state != OfferingState.OPEN:
        raise Conflict("offering-not-open")
    with unique_or("undated-offering-taken"):
        undated.state, undated.offering_id = UndatedState.DATED.value, offering.id
        undated.ended_at = now
    told = notices.tell_dates(queries.interested(undated), offering)
    audit.record(by, "demand.dated", undated, code=offering.code, count=told)
    return told


def drop(undated: UndatedOffering, reason: str, *, by: int | None, now: datetime) -> int:
    """Give it up for a reason, and tell everybody interested once; returns how many.

    Raises Invalid without a reason, Conflict when dates are set or it is given up already.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    _still_collecting(undated)
    undated.state, undated.ended_at = UndatedState.DROPPED.value, now
    db.session.flush()
    told = notices.tell_dropped(undated, queries.interested(undated), reason.strip())
    audit.record(by, "demand.dropped", undated, reason=reason.strip(), count=told)
    return told


def _still_collecting(undated: UndatedOffering) -> None:
    # Whoever says that they are interested takes turns with whoever sets the dates.
    lock(undated)
    if undated.state != UndatedState.COLLECTING:
        raise Conflict("undated-over")
