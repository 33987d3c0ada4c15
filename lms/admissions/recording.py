"""Moves of applications: the state machine is asked, the trail and the person are told."""

from datetime import datetime

from lms.admissions import events, states
from lms.admissions.models import Application
from lms.admissions.states import HOLDING, Deed, State
from lms.audit import service as audit
from lms.db import db, lock


def move(application: Application, deed: Deed, *, by: int | None, reason: str = "") -> None:
    """Bring a locked application into its next state; raises Conflict when it is not for it.

    A place that is no longer held goes back to the intake.
    """
    before = State(application.state)
    after = states.after(deed, before)
    application.state = after.value
    if after is not State.OFFERED:
        application.offer_until = None
    if before in HOLDING and after not in HOLDING:
        lock(application.intake)
        application.intake.taken -= 1
    db.session.flush()
    details: dict[str, object] = {"changes": {"state": [before.value, after.value]}}
    if reason:
        details["reason"] = reason
    audit.record(by, f"admissions.{deed.value}", application, sealed=False, **details)
    events.moved.send(application, deed=deed, reason=reason)


def free_time(application: Application, *, now: datetime, reason: str = "") -> bool:
    """Let others have a chosen interview time; whether it was: not one that has begun.

    With a ``reason`` others have called it off, and the applicant may choose another.
    """
    slot = application.slot
    if slot is None:
        return False
    lock(slot)
    if slot.starts_at <= now:
        return False
    slot.application_id = None
    db.session.flush()
    db.session.expire(application, ["slot"])
    events.time_freed.send(application, slot=slot, now=now, reason=reason)
    return True
