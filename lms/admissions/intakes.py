"""Verbs over intakes: call for applications, name the committee, set times for interviews."""

from dataclasses import dataclass
from datetime import date, datetime

from lms.admissions import queries
from lms.admissions.models import Intake, IntakeMember, InterviewSlot
from lms.audit import service as audit
from lms.db import db, lock, unique_or
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.people.models import User
from lms.programmes.models import Programme, ProgrammeState


@dataclass(frozen=True)
class IntakeFacts:
    """What an intake says; see ``models.Intake``."""

    name: str
    begins_on: date
    opens_at: datetime
    closes_at: datetime
    places: int
    routes: dict[str, int]
    transcripts: int = 1
    letters: int = 2
    interview: bool = True
    quorum: int = 2
    offer_days: int = 14


def call(programme: Programme, facts: IntakeFacts, *, by: int | None) -> Intake:
    """Call for applications to a published programme; raises Conflict, or Invalid with fields."""
    if programme.state != ProgrammeState.PUBLISHED:
        raise Conflict("programme-not-published")
    _check(facts)
    intake = Intake(programme=programme, members=[], **vars(facts))
    with unique_or("intake-name-taken"):
        db.session.add(intake)
    audit.record(by, "admissions.intake.called", intake, name=facts.name)
    return intake


def edit(intake: Intake, facts: IntakeFacts, *, by: int | None, seen: int | None = None) -> None:
    """Change an intake; raises Conflict when its name is taken, or Invalid with fields.

    Conflict, too, when somebody else changed it since the state ``seen`` was read. Fewer places
    than are offered or accepted already cannot be.
    """
    lock(intake)
    if seen is not None and intake.row_version != seen:
        raise Conflict("stale")
    _check(facts)
    if facts.places < intake.taken:
        raise Invalid(fields={"places": "intake-places-taken"})
    changed = [name for name, value in vars(facts).items() if getattr(intake, name) != value]
    with unique_or("intake-name-taken"):
        for name in changed:
            setattr(intake, name, getattr(facts, name))
        intake.row_version += 1
    audit.record(
        by, "admissions.intake.edited", intake, changes={name: [None, None] for name in changed}
    )


def _check(facts: IntakeFacts) -> None:
    if facts.closes_at <= facts.opens_at:
        raise Invalid(fields={"closes_on": "intake-window"})


def name_member(intake: Intake, user: User, *, by: int | None) -> None:
    """Take somebody of the provider's staff into the committee; NotFound for anybody else."""
    if user.id not in {one.id for one in queries.candidates(intake)}:
        raise NotFound
    with unique_or("committee-member-twice"):
        intake.members.append(IntakeMember(user=user))
    audit.record(by, "admissions.member.named", intake, name=user.name)


def remove_member(intake: Intake, user_id: int, *, by: int | None) -> None:
    """Let somebody leave the committee; what they recommended stays."""
    member = next((one for one in intake.members if one.user_id == user_id), None)
    if member is None:
        raise NotFound
    name = member.user.name
    intake.members.remove(member)
    db.session.flush()
    audit.record(by, "admissions.member.removed", intake, name=name)


def add_slot(
    intake: Intake, starts_at: datetime, ends_at: datetime, place: str, *, by: int | None
) -> InterviewSlot:
    """A time at which one applicant can come; raises Invalid, or Conflict when it is there."""
    if ends_at <= starts_at:
        raise Invalid(fields={"ends": "slot-times"})
    slot = InterviewSlot(intake=intake, starts_at=starts_at, ends_at=ends_at, place=place)
    with unique_or("slot-there-already"):
        db.session.add(slot)
    audit.record(by, "admissions.slot.added", intake)
    return slot


def remove_slot(slot: InterviewSlot, *, by: int | None) -> None:
    """Take a time back that nobody has chosen; raises Conflict when somebody has."""
    lock(slot)
    if slot.application_id is not None:
        raise Conflict("slot-chosen")
    intake = slot.intake
    db.session.delete(slot)
    db.session.flush()
    audit.record(by, "admissions.slot.removed", intake)
