"""The roll of a class session: taken by staff, or by people who check in with the shown code."""

from datetime import datetime

from lms.audit import service as audit
from lms.catalogue.models import ClassSession
from lms.db import db, unique_or
from lms.enrolment import queries, rules
from lms.enrolment.models import Attendance, Enrolment, Presence
from lms.enrolment.rules import Mark
from lms.kernel.errors import Conflict, Invalid, NotFound


def take_roll(session: ClassSession, marks: dict[str, Mark], *, by: int, now: datetime) -> int:
    """Record the roll of one session; ``marks`` maps enrolment public ids to what is noted.

    Who came for a part without minutes is noted with half of the session. Returns how many rows
    changed. Raises NotFound for a person who is not in this offering.
    """
    people = {e.public_id: e for e in queries.confirmed(session.offering_id)}
    strangers = set(marks) - set(people)
    if strangers:
        raise NotFound
    standing = {row.enrolment_id: row for row in queries.roll_of(session)}
    changed = 0
    for public_id, mark in marks.items():
        enrolment = people[public_id]
        row = standing.get(enrolment.id)
        noted = _noted(mark, session)
        if row is None:
            row = Attendance(class_session_id=session.id, enrolment_id=enrolment.id)
            db.session.add(row)
        elif Mark(row.presence, row.minutes) == noted:
            continue
        before = row.presence
        row.presence, row.minutes = noted.presence, noted.minutes
        row.recorded_by_id, row.recorded_at = by, now
        changed += 1
        db.session.flush()
        details = {"before": before, "after": noted.presence}
        if noted.minutes is not None:
            details["minutes"] = str(noted.minutes)
        audit.record(by, "enrolment.attendance.recorded", row, sealed=False, **details)
    return changed


def _noted(mark: Mark, session: ClassSession) -> Mark:
    if mark.presence != Presence.PART:
        return Mark(mark.presence)
    minutes = session.minutes // 2 if mark.minutes is None else mark.minutes
    if not 0 < minutes <= session.minutes:
        raise Invalid("presence-minutes")
    return Mark(mark.presence, minutes)


def check_in(
    session: ClassSession, place: Enrolment, typed: str, *, key: str, now: datetime
) -> Attendance:
    """Note oneself as there, once, with the code that is shown in the room.

    Raises Conflict outside the window, or when the roll says something already; Invalid for a code
    of another moment or another session.
    """
    refusal = rules.check_in_refusal(session.starts_at, session.ends_at, now)
    if refusal is not None:
        raise Conflict(refusal)
    if not rules.is_check_in_code(key, session.public_id, typed, now):
        raise Invalid(fields={"code": "check-in-code"})
    row = Attendance(
        class_session_id=session.id,
        enrolment_id=place.id,
        presence=rules.presence_at(session.starts_at, now).value,
        recorded_by_id=place.user_id,
        recorded_at=now,
    )
    with unique_or("checked-in-already"):
        db.session.add(row)
    audit.record(place.user_id, "enrolment.attendance.recorded", row, after=row.presence)
    return row
