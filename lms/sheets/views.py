"""Enrolling and nominating by sheet: upload, what it would do, doing it, taking it back."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue.models import Offering
from lms.db import transaction
from lms.kernel import clock, csv_tables
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission, allowed
from lms.people import queries as people_queries
from lms.sheets import queries, reading, service, wording
from lms.sheets.forms import SheetForm
from lms.sheets.models import Sheet
from lms.sheets.permissions import access_sheet, access_way
from lms.sheets.states import AT_WORK, State, Way
from lms.web import exports, limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.downloads import download
from lms.web.forms import INVALID_ANSWER, ActionForm, takes
from lms.web.messages import sentence

bp = Blueprint("sheets", __name__)
_USE = Permission.SHEETS_SHEET_USE
_BY_WAY = "/sheets/<any(enrol,nominate):way>"


@bp.route(_BY_WAY, methods=["GET", "POST"])
@requires(_USE)
@limits.invitations
@takes(SheetForm)
def sheets(way: str) -> ResponseReturnValue:
    """The sheets of the own organisations, and one more to upload."""
    chosen, paths = access_way(way, current_actor())
    form = SheetForm()
    if form.validate_on_submit():
        try:
            return redirect(_take(chosen, paths[0], form))
        except Invalid as refusal:
            form.apply(refusal)
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template(
        "sheets/sheets.html",
        way=way,
        sheets=queries.listed(chosen, paths),
        form=form,
        most=reading.MOST_ROWS,
        header=", ".join(reading.HEADER),
        **_words(),
    ), status


def _words() -> dict[str, object]:
    return {"ways": wording.WAYS, "states": wording.STATES, "tones": wording.STATE_TONES}


def _take(way: Way, path: str, form: SheetForm) -> str:
    upload = form.file.data
    data = upload.read(reading.LARGEST + 1)
    with transaction():
        organisation = people_queries.organisation_by_path(path)
        sheet = service.take(way, organisation, upload.filename or "", data, by=current_user_id())
        return url_for("sheets.sheet", public_id=sheet.public_id)


@bp.get(_BY_WAY + "/template.csv")
@requires(_USE)
def template(way: str) -> ResponseReturnValue:
    """An empty sheet with the names of the columns and one row to show how."""
    access_way(way, current_actor())
    status = "enrolled" if way == Way.ENROL else "nominated"
    row = ("PKK204-1", "nama@agensi.example", status, "", "")
    table = "\ufeff" + csv_tables.written(reading.HEADER, [row])
    return download(table, f"{way}.csv", "text/csv; charset=utf-8")


@bp.get("/sheets/<public_id>")
@requires(_USE)
def sheet(public_id: str) -> ResponseReturnValue:
    """How far a sheet is, what its rows do or did, and what can be done next."""
    found = access_sheet(public_id, current_actor())
    if exports.wanted():
        return exports.answer(_listing(found))
    outcomes = queries.outcomes(found)
    chosen = request.args.get("outcome", "")
    chosen = chosen if chosen in outcomes else ""
    return render_template(
        "sheets/sheet.html",
        sheet=found,
        at_work=found.state in AT_WORK,
        stopped=service.has_stopped(found),
        outcomes=outcomes,
        faults=sum(count for each, count in outcomes.items() if wording.is_fault(each)),
        demand=queries.demand(found) if found.state == State.CHECKED else [],
        page=queries.page(found, chosen, page_number(request.args.get("page"))),
        chosen=chosen,
        wording=wording,
        form=ActionForm(formdata=None),
        **_words(),
    )


def _listing(found: Sheet) -> exports.Listing:
    rows = queries.page(found, "", 1, reading.MOST_ROWS).rows
    head = [*found.header, _("Row"), _("Outcome")]
    width = len(found.header)
    return exports.Listing(
        f"{found.file_name.rpartition('.')[0] or 'sheet'}-outcome",
        head,
        ((*(row.cells + [""] * width)[:width], row.number, wording.of_row(row)) for row in rows),
    )


@bp.post("/sheets/<public_id>/confirm")
@requires(_USE)
@limits.invitations
def confirm(public_id: str) -> ResponseReturnValue:
    """Do what the rows ask for."""
    return _step(public_id, service.confirm)


@bp.post("/sheets/<public_id>/check")
@requires(_USE)
@limits.invitations
def check_again(public_id: str) -> ResponseReturnValue:
    """Check the rows once more."""
    return _step(public_id, service.check_again)


@bp.post("/sheets/<public_id>/resume")
@requires(_USE)
@limits.invitations
def resume(public_id: str) -> ResponseReturnValue:
    """Go on with a step that has stopped."""
    return _step(public_id, service.resume)


@bp.post("/sheets/<public_id>/restore")
@requires(_USE)
@limits.invitations
def restore(public_id: str) -> ResponseReturnValue:
    """Take back what the rows did."""
    return _step(public_id, service.restore)


@bp.post("/sheets/<public_id>/drop")
@requires(_USE)
def drop(public_id: str) -> ResponseReturnValue:
    """Give up a checked sheet."""
    return _step(public_id, partial(service.drop, now=clock.now()))


def _step(public_id: str, verb: Callable[..., None]) -> ResponseReturnValue:
    try:
        with transaction():
            verb(access_sheet(public_id, current_actor()), by=current_user_id())
    except Conflict as refusal:
        if refusal.code != "sheet-moved-on":
            raise
        flash(
            sentence(refusal.code), "info"
        )  # pressed twice, or by two: the page shows where it is
    return redirect(url_for("sheets.sheet", public_id=public_id))


def _manage_panel() -> str:
    return _link(Way.ENROL)


def _agency_panel() -> str:
    return _link(Way.NOMINATE)


def _link(way: Way) -> str:
    return render_template("sheets/_link.html", way=way.value, ways=wording.WAYS)


def _offering_panel(offering: Offering) -> str:
    may = allowed(current_actor(), Permission.CATALOGUE_OFFERING_EDIT, offering)
    return _link(Way.ENROL) if may else ""


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("catalogue.manage", _manage_panel)
    panels.add("enrolment.agency", _agency_panel)
    panels.add("catalogue.offering", _offering_panel)
