"""Verbs of the committee: recommend, return, invite, offer a place or refuse."""

from datetime import datetime, timedelta

from lms.admissions import recording, rules
from lms.admissions.models import Application, Recommendation
from lms.admissions.states import BEFORE_COMMITTEE, Deed, State
from lms.audit import service as audit
from lms.db import db, lock
from lms.jobs.port import enqueue
from lms.kernel.errors import Conflict, Invalid

LAPSE_JOB = "admissions.lapse"


def recommend(
    application: Application, member_id: int, *, admit: bool, reason: str, now: datetime
) -> None:
    """Say as a member what should be decided, or something else than before."""
    lock(application)
    if State(application.state) not in BEFORE_COMMITTEE:
        raise Conflict("application-not-in-state")
    said = next((one for one in application.recommendations if one.member_id == member_id), None)
    if said is None:
        said = Recommendation(member_id=member_id)
        application.recommendations.append(said)
    said.admit, said.reason, said.made_at = admit, reason, now
    db.session.flush()
    audit.record(member_id, "admissions.recommended", application, admit=admit)


def send_back(application: Application, remarks: str, *, by: int) -> None:
    """Ask the applicant for more; what was recommended is void, for it will be another text."""
    lock(application)
    if not remarks.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    application.remarks = remarks
    application.recommendations.clear()
    recording.move(application, Deed.RETURN, by=by, reason=remarks)


def invite(application: Application, *, by: int) -> None:
    """Let the applicant choose a time for an interview; raises Conflict when there is none."""
    lock(application)
    if not application.intake.interview:
        raise Conflict("intake-without-interview")
    recording.move(application, Deed.INVITE, by=by)


def offer(application: Application, *, by: int, now: datetime) -> None:
    """Offer a place, for the days that the intake says.

    Raises Conflict without quorum and majority, before the interview, or when no place is left.
    """
    lock(application)
    _check(application, admit=True)
    intake, slot = application.intake, application.slot
    if intake.interview and (slot is None or slot.ends_at > now):
        raise Conflict("interview-not-held")
    lock(intake)
    if intake.taken >= intake.places:
        raise Conflict("intake-full")
    intake.taken += 1
    application.offer_until = now + timedelta(days=intake.offer_days)
    recording.move(application, Deed.OFFER, by=by)
    enqueue(LAPSE_JOB, run_at=application.offer_until, application_id=application.id)


def refuse(application: Application, reason: str, *, by: int, now: datetime) -> None:
    """Refuse, with a reason the applicant reads; raises Conflict without a quorum.

    A time for an interview that is still ahead is free again.
    """
    lock(application)
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    _check(application, admit=False)
    application.remarks = reason
    recording.move(application, Deed.REFUSE, by=by, reason=reason)
    recording.free_time(application, now=now)


def call_off(application: Application, reason: str, *, by: int, now: datetime) -> None:
    """Take the chosen time of an interview away, for a reason the applicant reads.

    They may choose another; so may others that time. Raises Conflict when none is ahead.
    """
    lock(application)
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    if application.state != State.INTERVIEW:
        raise Conflict("application-not-in-state")
    if not recording.free_time(application, now=now, reason=reason.strip()):
        raise Conflict("interview-not-ahead")
    audit.record(by, "admissions.slot.called_off", application, reason=reason.strip())


def _check(application: Application, *, admit: bool) -> None:
    counted = rules.tally(one.admit for one in application.recommendations)
    why = rules.why_not_decided(counted, application.intake.quorum, admit=admit)
    if why is not None and State(application.state) in BEFORE_COMMITTEE:
        raise Conflict(why)
