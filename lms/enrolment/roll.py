"""The roll of a class session: taken by staff, or by people who check in with the shown code."""

from datetime import datetime

from lms.audit import service as audit
from lms.catalogue.models import ClassSession, Offering
from lms.db import db, unique_or
from lms.enrolment import queries, rules
from lms.enrolment.models import Attendance, Enrolment, Presence
from lms.enrolment.roll_file import RollFile
from lms.enrolment.rules import Mark
from lms.kernel.errors import Conflict, Invalid, NotFound


def take_roll(
    session: ClassSession,
    marks: dict[str, Mark],
    *,
    by: int,
    now: datetime,
    file: RollFile | None = None,
) -> int:
    """Record the roll of one session; ``marks`` maps enrolment public ids to what is noted.

    ``file`` is what it was filled in from; that is recorded, whatever a person changed in it.
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
        place, noted = people[public_id], _noted(mark, session)
        row = standing.get(place.id)
        if row is None or Mark(row.presence, row.minutes) != noted:
            new = row or Attendance(class_session_id=session.id, enrolment_id=place.id)
            _write(new, noted, by=by, now=now)
            changed += 1
    if file is not None:
        _note_file(session, file, changed, by)
    return changed


def _write(row: Attendance, noted: Mark, *, by: int, now: datetime) -> None:
    before = row.presence
    row.presence, row.minutes = noted.presence, noted.minutes
    row.recorded_by_id, row.recorded_at = by, now
    db.session.add(row)
    db.session.flush()
    details = {"before": before, "after": noted.presence}
    if noted.minutes is not None:
        details["minutes"] = str(noted.minutes)
    audit.record(by, "enrolment.attendance.recorded", row, sealed=False, **details)


def _note_file(session: ClassSession, file: RollFile, changed: int, by: int) -> None:
    audit.record(
        by,
        "enrolment.roll.from_file",
        db.session.get_one(Offering, session.offering_id),
        number=session.position,
        starts_at=session.starts_at.isoformat(),
        name=file.name,
        digest=file.digest,
        rows=file.rows,
        counts={"found": file.found, "changed": changed},
    )


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
