"""Screens of long work whose job was given up, so that somebody has to let it go on.

Each is put into the database beside the server as its job would leave it: no job stays behind that
would take it up again.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from lms.batches import service as batches
from lms.batches.models import Batch
from lms.catalogue.models import Offering
from lms.db import db
from lms.employers import service as checks
from lms.employers.models import State as CheckState
from lms.employers.reading import Line
from lms.enrolment.models import Enrolment
from lms.jobs import progress
from lms.people.models import User
from lms.sheets.models import Sheet, SheetRow
from lms.sheets.states import State, Way
from tests.browser.declaring import Screen, Show
from tests.browser.visiting import Visitor
from tests.browser.working import beside


def _user(who: str) -> User:
    return db.session.scalars(select(User).where(User.email == f"{who}@sijil.example")).one()


def _batch() -> str:
    """One for all test processes: an offering has one batch at work."""
    of_course = select(Offering).where(Offering.code == "KES320-1")
    offering = db.session.scalars(of_course).one()
    found = db.session.scalar(select(Batch).where(Batch.offering_id == offering.id))
    if found is None:
        places = select(Enrolment.id).where(Enrolment.offering_id == offering.id)
        wanted = list(db.session.scalars(places))
        found = batches.begin(offering, wanted, {}, by=_user("registrar").id)
        batches.given_up(found.id)  # it does not run any more: its job finds nothing to do
    return f"/batches/{found.public_id}"


def _stopped(title: str, *, total: int, owner: int) -> int:
    work = progress.begin(title, total=total, owner=owner)
    progress.report(work.id, 1)
    progress.give_up(work.id)
    return work.id


def _sheet() -> str:
    user = _user("coordinator")
    sheet = Sheet(
        way=Way.NOMINATE.value,
        organisation_id=user.organisation_id,
        uploaded_by_id=user.id,
        file_name="calon.csv",
        header=["offering", "person"],
        state=State.RUNNING.value,
        total=2,
        reached=2,
        work_id=_stopped("sheets.running", total=2, owner=user.id),
    )
    db.session.add(sheet)
    db.session.flush()
    rows = [("KES320-1", "nobody@test.example"), ("NO-SUCH", "nobody@test.example")]
    db.session.add_all(
        SheetRow(sheet_id=sheet.id, number=number, cells=list(cells))
        for number, cells in enumerate(rows, start=2)
    )
    db.session.flush()
    return f"/sheets/{sheet.public_id}"


def _check() -> str:
    user = _user("employer")
    assert user.organisation is not None
    lines = [Line(number, f"0000-0000-000{number}", "Aiman bin Rashid", "") for number in (2, 3)]
    run = checks.prepare(user.organisation, lines, "pemohon.csv", by=user.id)
    run.state = CheckState.RUNNING.value
    run.work_id = _stopped(checks.WORK, total=2, owner=user.id)
    db.session.flush()
    return f"/employers/checks/{run.public_id}"


def _made(instance: Path, make: Callable[[], str]) -> str:
    with beside(instance):
        return make()


def _shown(make: Callable[[], str]) -> Show:
    def show(visitor: Visitor) -> None:
        if make not in visitor.kept:
            visitor.kept[make] = _made(visitor.instance, make)
        visitor.page.goto(visitor.kept[make])
        visitor.page.wait_for_selector("main form[action$='/resume'] button")

    return show


SCREENS = [
    Screen("GET /batches/<public_id>", "registrar", _shown(_batch), note="stopped"),
    Screen("GET /sheets/<public_id>", "coordinator", _shown(_sheet), note="stopped"),
    Screen("GET /employers/checks/<public_id>", "employer", _shown(_check), note="stopped"),
]
