"""Taking the roll of a class session."""

from datetime import datetime

from lms.audit import service as audit
from lms.catalogue.models import ClassSession
from lms.db import db
from lms.enrolment import queries
from lms.enrolment.models import Attendance, Presence
from lms.kernel.errors import NotFound


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
