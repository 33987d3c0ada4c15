"""Verbs of sheets: take one in, check its rows, do what they ask for, take that back.

Each step goes row by row, some in each transaction; a run that is killed goes on where it stood.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import insert

from lms.audit import service as audit
from lms.db import db, lock
from lms.jobs import progress
from lms.jobs.port import enqueue
from lms.kernel.errors import Conflict
from lms.people.models import Organisation
from lms.sheets import checking, doing, queries, reading, states
from lms.sheets.models import Sheet, SheetRow
from lms.sheets.states import AFTER, AT_WORK, State, Way

WORK_JOB = "sheets.work"
ROWS_AT_ONCE = 500
_STEPS: dict[State, Callable[[Sheet, list[SheetRow], datetime], None]] = {
    State.CHECKING: checking.check,
    State.RUNNING: doing.do,
    State.RESTORING: doing.restore,
}


def take(way: Way, organisation: Organisation, file_name: str, data: bytes, *, by: int) -> Sheet:
    """Keep an uploaded table and have it checked; nobody is enrolled. Raises Invalid."""
    header, rows = reading.read(data)
    sheet = Sheet(
        way=way.value,
        organisation_id=organisation.id,
        uploaded_by_id=by,
        file_name=file_name[:160],
        header=header,
        total=len(rows),
    )
    db.session.add(sheet)
    db.session.flush()
    _keep(sheet, rows)
    audit.record(by, "sheets.taken", sheet, way=way.value, rows=len(rows))
    _begin(sheet, State.CHECKING, by=by)
    return sheet


def _keep(sheet: Sheet, rows: Iterable[tuple[int, list[str]]]) -> None:
    values = [{"sheet_id": sheet.id, "number": number, "cells": cells} for number, cells in rows]
    db.session.execute(insert(SheetRow), values)


def check_again(sheet: Sheet, *, by: int) -> None:
    """Check once more: seats, people and dates may have changed meanwhile."""
    _next(sheet, State.CHECKING)
    audit.record(by, "sheets.checked_again", sheet)
    _begin(sheet, State.CHECKING, by=by)


def confirm(sheet: Sheet, *, by: int) -> None:
    """Do what the checked rows ask for; raises Conflict when it is not checked (any more)."""
    _next(sheet, State.RUNNING)
    audit.record(by, "sheets.confirmed", sheet)
    _begin(sheet, State.RUNNING, by=by)


def restore(sheet: Sheet, *, by: int) -> None:
    """Take back what the rows did and nobody has changed since; raises Conflict."""
    _next(sheet, State.RESTORING)
    audit.record(by, "sheets.restored", sheet)
    _begin(sheet, State.RESTORING, by=by)


def drop(sheet: Sheet, *, by: int, now: datetime) -> None:
    """Give up a checked sheet; nothing was done and nothing will be."""
    _next(sheet, State.DROPPED)
    sheet.state, sheet.ended_at = State.DROPPED.value, now
    audit.record(by, "sheets.dropped", sheet)


def _next(sheet: Sheet, step: State) -> None:
    lock(sheet)
    states.check(State(sheet.state), step)


def _begin(sheet: Sheet, step: State, *, by: int) -> None:
    work = progress.begin(f"sheets.{step.value}", total=sheet.total, owner=by)
    sheet.state, sheet.reached, sheet.work_id = step.value, 0, work.id
    db.session.flush()
    enqueue(WORK_JOB, sheet_id=sheet.id, work_id=work.id)


def given_up(sheet_id: int, work_id: int) -> None:
    """Its job was tried for the last time: the rest waits until somebody lets it go on."""
    sheet = db.session.get_one(Sheet, sheet_id)
    lock(sheet)
    if State(sheet.state) in AT_WORK and sheet.work_id == work_id:
        progress.give_up(work_id)
        audit.record(None, "sheets.stopped", sheet, rows=_dealt_with(sheet))


def resume(sheet: Sheet, *, by: int) -> None:
    """Go on where the present step stopped; raises Conflict when it has not."""
    lock(sheet)
    if not has_stopped(sheet):
        raise Conflict("sheet-moved-on")
    title, done = f"sheets.{sheet.state}", _dealt_with(sheet)
    work = progress.begin(title, total=sheet.total, done=done, owner=by)
    sheet.work = work
    db.session.flush()
    audit.record(by, "sheets.resumed", sheet)
    enqueue(WORK_JOB, sheet_id=sheet.id, work_id=work.id)


def has_stopped(sheet: Sheet) -> bool:
    """Whether rows wait and no job is at them."""
    return State(sheet.state) in AT_WORK and progress.has_stopped(sheet.work)


def go_on(sheet_id: int, work_id: int, *, now: datetime) -> bool:
    """Deal with the next rows of the step that is at work; whether there may be more.

    Nothing is done when that step is over, so a job that runs twice does no harm.
    """
    sheet = db.session.get_one(Sheet, sheet_id)
    lock(sheet)
    step = State(sheet.state)
    if step not in AT_WORK or sheet.work_id != work_id:
        return False
    rows = queries.next_rows(sheet, ROWS_AT_ONCE)
    if not rows:
        sheet.state = AFTER[step].value
        sheet.ended_at = None if step is State.CHECKING else now
        progress.end(work_id)
        return False
    _STEPS[step](sheet, rows, now)
    sheet.reached = rows[-1].number
    progress.report(work_id, _dealt_with(sheet))
    db.session.flush()
    return True


def _dealt_with(sheet: Sheet) -> int:
    return min(sheet.total, queries.count_up_to(sheet, sheet.reached))
