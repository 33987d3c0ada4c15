"""Verbs of batches: begin, go on place by place, pause, resume, cancel."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from lms.audit import service as audit
from lms.batches import queries
from lms.batches.models import Batch, BatchItem, Outcome, State
from lms.catalogue.models import Offering
from lms.certificates import holds
from lms.certificates import queries as certificate_queries
from lms.certificates import service as certificates
from lms.certificates.basis import Office
from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate
from lms.config import Settings
from lms.db import db, lock, unique_or
from lms.designs.queries import looks_of
from lms.jobs import progress
from lms.jobs.port import enqueue
from lms.kernel.errors import Conflict, Invalid

WORK_JOB = "batches.work"
WORK = "batches.issue"
AT_ONCE = 20
"""Places a transaction: who issues elsewhere waits for as long as these take."""


def begin(offering: Offering, places: list[int], left_out: Mapping[int, str], *, by: int) -> Batch:
    """Want the certificates of ``places``; ``left_out`` are places with why they get none.

    Raises Invalid when nobody is wanted or a reason is missing, Conflict when a batch of the
    offering is at work.
    """
    if not places:
        raise Invalid("batch-empty")
    if not all(reason.strip() for reason in left_out.values()):
        raise Invalid("batch-reason-missing")
    work = progress.begin(WORK, total=len(places), owner=by)
    with unique_or("batch-at-work"):
        batch = Batch(offering_id=offering.id, wanted_by_id=by, work_id=work.id)
        db.session.add(batch)
    wanted = [(place, Outcome.WAITING, "") for place in places]
    without = [(place, Outcome.LEFT_OUT, reason.strip()) for place, reason in left_out.items()]
    db.session.execute(
        insert(BatchItem),
        [
            {"batch_id": batch.id, "enrolment_id": place, "outcome": what.value, "reason": why}
            for place, what, why in [*wanted, *without]
        ],
    )
    counts = {"waiting": len(places), "left_out": len(left_out)}
    audit.record(by, "batches.begun", batch, sealed=True, counts=counts)
    enqueue(WORK_JOB, batch_id=batch.id)
    return batch


def pause(batch: Batch, *, by: int) -> None:
    """Let the places behind wait; raises Conflict when it is not running."""
    _move(batch, {State.RUNNING}, State.PAUSED)
    audit.record(by, "batches.paused", batch)


def resume(batch: Batch, *, by: int) -> None:
    """Go on where it stood; raises Conflict when it is not paused."""
    _move(batch, {State.PAUSED}, State.RUNNING)
    if progress.has_stopped(batch.work):
        done, total = _dealt_with(batch.id)
        batch.work = progress.begin(WORK, total=total, done=done, owner=by)
        db.session.flush()
    audit.record(by, "batches.resumed", batch)
    enqueue(WORK_JOB, batch_id=batch.id)


def given_up(batch_id: int) -> None:
    """Its job was tried for the last time: the rest waits until somebody lets it go on."""
    batch = db.session.get_one(Batch, batch_id)
    lock(batch)
    if batch.state != State.RUNNING:
        return
    batch.state = State.PAUSED.value
    progress.give_up(batch.work_id)
    audit.record(None, "batches.stopped", batch, counts=queries.counts(batch_id))


def cancel(batch: Batch, *, by: int, now: datetime) -> None:
    """Issue no more; what is issued stays. Raises Conflict when it is over."""
    _move(batch, {State.RUNNING, State.PAUSED}, State.CANCELLED)
    batch.ended_at = now
    db.session.execute(
        update(BatchItem)
        .where(BatchItem.batch_id == batch.id, BatchItem.outcome == Outcome.WAITING.value)
        .values(outcome=Outcome.CANCELLED.value)
    )
    _end(batch, message="cancelled")
    audit.record(by, "batches.cancelled", batch, sealed=True)


def _move(batch: Batch, origins: set[State], end: State) -> None:
    lock(batch)
    if State(batch.state) not in origins:
        raise Conflict("batch-not-in-state")
    batch.state = end.value
    db.session.flush()


def go_on(batch_id: int, *, settings: Settings, ring: KeyRing, now: datetime) -> bool:
    """Deal with the next places; whether there may be more.

    Nothing is done when the batch does not run, so a job that runs twice does no harm.
    """
    batch = db.session.get_one(Batch, batch_id)
    lock(batch)
    if batch.state != State.RUNNING:
        return False
    items = queries.next_items(batch_id, AT_ONCE)
    if not items:
        batch.state, batch.ended_at = State.DONE.value, now
        _end(batch)
        audit.record(None, "batches.done", batch, counts=queries.counts(batch_id))
        return False
    provider = batch.offering.course_version.course.provider
    today = now.astimezone(ZoneInfo(provider.timezone)).date()
    places = [item.enrolment for item in items]
    # All of them before the first number is taken: nobody waits in a circle.
    holds.take_turns(batch.offering_id, [place.user_id for place in places])
    standings = certificate_queries.standings_of(batch.offering, places, today)
    looks = looks_of(provider.id, batch.offering.course_version.certificate)
    office = Office(settings, ring, batch.wanted_by_id, now, looks)
    made = certificates.issue_each(places, office, standings)
    dealt = [_dealt(item, made[item.enrolment_id]) for item in items]
    db.session.execute(update(BatchItem), dealt)
    if batch.work_id is not None:
        progress.report(batch.work_id, _dealt_with(batch_id)[0])
    return True


def _dealt_with(batch_id: int) -> tuple[int, int]:
    """How many places are dealt with, of how many that are wanted."""
    counted = queries.counts(batch_id)
    done = counted["issued"] + counted["refused"]
    return done, done + counted["waiting"]


def _end(batch: Batch, message: str | None = None) -> None:
    if batch.work_id is not None:
        progress.end(batch.work_id, failed=message is not None, message=message)


def _dealt(item: BatchItem, made: Certificate | Conflict) -> dict[str, object]:
    """What is written down of one that was issued or refused."""
    if isinstance(made, Conflict):
        told = {"outcome": Outcome.REFUSED.value, "reason": " ".join(made.codes)}
        return {"id": item.id, "certificate_id": None, **told}
    told = {"outcome": Outcome.ISSUED.value, "reason": ""}
    return {"id": item.id, "certificate_id": made.id, **told}
