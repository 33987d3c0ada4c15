"""Verbs of applicants: write an application, send it, choose a time, take a place or not."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from lms.admissions import events, queries, recording, rules
from lms.admissions.models import (
    Application,
    ApplicationDocument,
    DocumentKind,
    Intake,
    InterviewSlot,
)
from lms.admissions.states import WRITTEN, Deed, State
from lms.audit import service as audit
from lms.db import db, lock, unique_or
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import User
from lms.programmes.models import ProgrammeState
from lms.storage.receiving import Received


@dataclass(frozen=True)
class Qualification:
    """The highest qualification, its level (1 to 8), and years of practice."""

    qualification: str
    institution: str
    level: int
    years: int


def begin(intake: Intake, user: User, *, now: datetime) -> Application:
    """The person's application to an intake: the one there is, or a new draft.

    One that was withdrawn begins again. Raises Conflict outside the window of the intake.
    """
    lock(intake)
    found = queries.own(intake.id, user.id)
    if found is not None and found.state != State.WITHDRAWN:
        return found
    if intake.programme.state != ProgrammeState.PUBLISHED:
        raise Conflict("programme-not-published")
    why = rules.why_not_sent(intake.opens_at, intake.closes_at, now)
    if why is not None:
        raise Conflict(why)
    if found is not None:
        found.sent_at, found.remarks = None, ""
        found.recommendations.clear()
        recording.move(found, Deed.BEGIN, by=user.id)
        return found
    made = Application(intake=intake, user=user, documents=[], recommendations=[])
    db.session.add(made)
    db.session.flush()
    changes = {"state": [None, State.DRAFT.value]}
    audit.record(user.id, "admissions.begun", made, changes=changes)
    return made


def describe(application: Application, facts: Qualification) -> None:
    """Write down qualification and practice; raises Conflict when it is not written on."""
    _hold(application)
    for name, value in vars(facts).items():
        setattr(application, name, value)
    _note(application, *vars(facts))


def state(application: Application, statement: str, plea: str) -> None:
    """Write down why, and why in spite of the entry rules; raises Conflict as above."""
    _hold(application)
    application.statement, application.plea = statement, plea
    _note(application, "statement", "plea")


def add_document(
    application: Application, kind: DocumentKind, file: Received
) -> ApplicationDocument:
    """Add a file; raises Conflict when it is there already, or as above."""
    _hold(application)
    document = ApplicationDocument(kind=kind.value, **vars(file))
    with unique_or("document-there-already"):
        application.documents.append(document)
    audit.record(application.user_id, "admissions.document.added", application, digest=file.digest)
    return document


def remove_document(application: Application, document: ApplicationDocument) -> None:
    """Take a file out; raises Conflict as above."""
    digest = document.digest
    _hold(application)
    application.documents.remove(document)
    db.session.flush()
    audit.record(application.user_id, "admissions.document.removed", application, digest=digest)


def lacks(application: Application) -> list[str]:
    """The parts that keep it from being sent."""
    kinds = [document.kind for document in application.documents]
    intake = application.intake
    asked = rules.Asked(intake.routes, intake.transcripts, intake.letters)
    given = rules.Given(
        qualification=application.qualification,
        level=application.level,
        years=application.years,
        statement=application.statement,
        plea=application.plea,
        transcripts=kinds.count(DocumentKind.TRANSCRIPT),
        letters=kinds.count(DocumentKind.REFERENCE),
    )
    return rules.missing(asked, given)


def send(application: Application, *, now: datetime) -> None:
    """Hand it to the committee; raises Invalid when something is missing, Conflict when too late.

    One that was returned may come back after the window has closed.
    """
    _hold(application)
    if application.state == State.DRAFT:
        intake = application.intake
        why = rules.why_not_sent(intake.opens_at, intake.closes_at, now)
        if why is not None:
            raise Conflict(why)
    if lacks(application):
        raise Invalid("application-incomplete")
    application.sent_at, application.remarks = now, ""
    recording.move(application, Deed.SEND, by=application.user_id)


def choose(application: Application, slot: InterviewSlot, *, now: datetime) -> None:
    """Choose a time for the interview, or another one while the first has not begun."""
    lock(application)
    if application.state != State.INTERVIEW:
        raise Conflict("application-not-in-state")
    before = application.slot
    # Both, for others may have been at either since they were read; in one order, for two people
    # who change places would wait for each other.
    for each in sorted({slot, before or slot}, key=attrgetter("id")):
        lock(each)
    if before is not None and before.starts_at <= now:
        raise Conflict("slot-begun")
    if slot is before:
        return
    if slot.application_id is not None:
        raise Conflict("slot-taken")
    if slot.starts_at <= now:
        raise Conflict("slot-begun")
    if before is not None:
        before.application_id = None
        db.session.flush()  # the new one names the same application
    slot.application_id = application.id
    db.session.flush()
    db.session.expire(application, ["slot"])
    audit.record(application.user_id, "admissions.slot.chosen", application)
    events.time_chosen.send(application, now=now)


def answer(application: Application, *, takes: bool, now: datetime) -> None:
    """Take the place that is offered, or not; raises Conflict when the offer has run out."""
    lock(application)
    if application.offer_until is not None and application.offer_until < now:
        raise Conflict("offer-over")
    recording.move(application, Deed.ACCEPT if takes else Deed.DECLINE, by=application.user_id)


def lapse(application: Application, *, now: datetime) -> None:
    """Give an unanswered offer back once its time is over; does nothing otherwise."""
    lock(application)
    until = application.offer_until
    if application.state == State.OFFERED and until is not None and until <= now:
        recording.move(application, Deed.LAPSE, by=None)


def withdraw(application: Application, reason: str, *, now: datetime) -> None:
    """Take an application back, or give up the place; a time that was chosen is free again."""
    lock(application)
    recording.move(application, Deed.WITHDRAW, by=application.user_id, reason=reason)
    recording.free_time(application, now=now)


def _note(application: Application, *names: str) -> None:
    db.session.flush()
    changes = {name: [None, None] for name in names}  # what it says is the committee's alone
    audit.record(application.user_id, "admissions.written", application, changes=changes)


def _hold(application: Application) -> None:
    lock(application)
    if State(application.state) not in WRITTEN:
        raise Conflict("application-not-in-state")
