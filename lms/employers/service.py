"""Verbs of runs: look a table through, have it checked piece by piece, delete it, forget words."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update

from lms.audit import service as audit
from lms.checking import verification
from lms.checking.verification import Check, name_matches
from lms.db import db, lock
from lms.employers import queries, quota, rules
from lms.employers.models import CheckRow, CheckRun, Flaw, State
from lms.employers.reading import Line
from lms.jobs import progress
from lms.jobs.port import enqueue
from lms.kernel.errors import Conflict
from lms.people.models import Organisation

WORK_JOB = "employers.work"
WORK = "employers.checks"
AT_ONCE = 500
"""Rows a transaction, looked up with one statement."""
READY_FOR = timedelta(days=1)
"""How long a table waits to be confirmed."""
BLANK = "blank"


def prepare(organisation: Organisation, lines: list[Line], name: str, *, by: int) -> CheckRun:
    """Keep the rows and say what can be seen of them; nothing is looked up or counted."""
    looked = list(rules.looked_through(lines))
    run = CheckRun(
        organisation_id=organisation.id,
        made_by_id=by,
        name=name[:160],
        total=len(looked),
        counted=sum(one.flaw is not Flaw.BLANK for one in looked),
    )
    db.session.add(run)
    db.session.flush()
    values = [
        {
            "run_id": run.id,
            "number": one.line.number,
            "code": one.line.code,
            "name": one.line.name,
            "reference": one.line.reference,
            "digest": one.digest,
            "flaw": one.flaw.value,
            "twin": one.twin,
            "outcome": BLANK if one.flaw is Flaw.BLANK else "",
        }
        for one in looked
    ]
    db.session.execute(insert(CheckRow), values)
    audit.record(by, "employers.run.prepared", run, rows=run.total)
    return run


def confirm(run: CheckRun, most: int, *, by: int, now: datetime) -> None:
    """Count the rows towards the day and check them, a few at once and many in the background.

    Raises TooMany when the day has not as many left, Conflict when it was confirmed before.
    """
    lock(run)
    if run.state != State.READY:
        raise Conflict("run-moved-on")
    quota.take(run.organisation, run.counted, most, now=now)
    run.state = State.RUNNING.value
    audit.record(by, "employers.run.begun", run, rows=run.counted)
    if run.counted <= rules.SMALL:
        while go_on(run.id, now=now):
            pass
        return
    work = progress.begin(WORK, total=run.counted, owner=by)
    run.work_id = work.id
    enqueue(WORK_JOB, run_id=run.id)


def given_up(run_id: int) -> None:
    """Its job was tried for the last time: the rest waits until somebody lets it go on."""
    run = queries.held(run_id)
    if run is not None and run.state == State.RUNNING:
        progress.give_up(run.work_id)
        audit.record(None, "employers.run.stopped", run, rows=queries.answered(run.id))


def resume(run: CheckRun, *, by: int) -> None:
    """Go on where it stopped; raises Conflict when it has not."""
    lock(run)
    if not has_stopped(run):
        raise Conflict("run-moved-on")
    done = queries.answered(run.id)
    run.work = progress.begin(WORK, total=run.counted, done=done, owner=by)
    db.session.flush()
    audit.record(by, "employers.run.resumed", run)
    enqueue(WORK_JOB, run_id=run.id)


def has_stopped(run: CheckRun) -> bool:
    """Whether rows wait and no job is at them."""
    return run.state == State.RUNNING and progress.has_stopped(run.work)


def go_on(run_id: int, *, now: datetime) -> bool:
    """Answer the next rows; whether there may be more.

    Nothing is done when the run is over or gone, so a job that runs twice does no harm.
    """
    run = queries.held(run_id)
    if run is None or run.state != State.RUNNING:
        return False
    rows = queries.next_rows(run, AT_ONCE)
    checks = verification.by_codes([row.code for row in rows], now=now)
    if rows:
        answers = [
            {"id": row.id, **_answer(check, row.name)}
            for row, check in zip(rows, checks, strict=True)
        ]
        db.session.execute(update(CheckRow), answers)
        run.reached = rows[-1].number
    if len(rows) < AT_ONCE:
        _end(run, now)
        return False
    if run.work_id is not None:
        progress.report(run.work_id, queries.answered(run.id))
    db.session.flush()
    return True


def _answer(check: Check, typed: str) -> dict[str, object]:
    named = check.facts is not None and typed != ""
    return {
        "outcome": check.outcome.value,
        "certificate_id": check.certificate.id if check.certificate else None,
        "name_matches": name_matches(check.facts, typed) if check.facts and named else None,
    }


def _end(run: CheckRun, now: datetime) -> None:
    run.state, run.ended_at = State.DONE.value, now
    if run.work_id is not None:
        progress.end(run.work_id)
    db.session.flush()
    audit.record(None, "employers.run.done", run, counts=queries.counts(run.id))


def remove(run: CheckRun, *, by: int | None) -> None:
    """Delete a run with its rows; raises Conflict while it is at work."""
    lock(run)
    if run.state == State.RUNNING:
        raise Conflict("run-at-work")
    audit.record(by, "employers.run.deleted", run, rows=run.total)
    db.session.execute(delete(CheckRow).where(CheckRow.run_id == run.id))
    db.session.delete(run)
    db.session.flush()


def forget(run: CheckRun, *, now: datetime) -> None:
    """Delete what was typed for a run; the answers stay."""
    lock(run)
    if run.state != State.DONE or run.forgotten_at is not None:
        return
    run.forgotten_at, run.name = now, ""
    typed = {"code": "", "name": "", "reference": ""}
    db.session.execute(update(CheckRow).where(CheckRow.run_id == run.id).values(**typed))
    audit.record(None, "employers.run.forgotten", run)
