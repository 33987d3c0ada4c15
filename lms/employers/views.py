"""Checks in bulk: hand in codes, see what is wrong with them, have them checked, take them away."""

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.employers import acting, queries, quota, reading, service, watch_queries, wording
from lms.employers.forms import RunForm
from lms.employers.models import CheckRun, State
from lms.employers.permissions import access_run
from lms.employers.queries import Answered
from lms.kernel import clock, csv_tables
from lms.kernel.errors import Conflict, Forbidden, Invalid, TooMany
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission
from lms.web import exports, limits
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.downloads import download
from lms.web.forms import INVALID_ANSWER, ActionForm, takes
from lms.web.i18n import local
from lms.web.messages import sentence
from lms.web.running import settings

bp = Blueprint("employers", __name__)
_MAKE = Permission.EMPLOYERS_RUN_MAKE
_CHECKS = "/employers/checks/"
_ONE = f"{_CHECKS}<public_id>"


@bp.route(_CHECKS, methods=["GET", "POST"])
@requires(_MAKE)
@limits.uploads
@takes(RunForm)
def runs() -> ResponseReturnValue:
    """The runs of an employer of one's own, and codes to hand in."""
    form, employer = RunForm(), acting.chosen(_MAKE)
    if form.validate_on_submit():
        try:
            return redirect(url_for("employers.run", public_id=_prepared(form)))
        except Invalid as refused:
            form.apply(refused)
    page = render_template(
        "employers/runs.html",
        **acting.shown(_MAKE, employer),
        page=queries.listed((employer.path,), page_number(request.args.get("page"))),
        left=quota.left(employer, settings().employer_rows_daily, now=clock.now()),
        form=form,
        most=reading.MOST_ROWS,
        wording=wording,
    )
    return page, INVALID_ANSWER if form.is_submitted() else 200


def _prepared(form: RunForm) -> str:
    form.one_of_two()
    upload = form.file.data
    if upload:
        lines, name = reading.of_file(upload.read(reading.LARGEST + 1)), upload.filename or ""
    else:
        lines, name = reading.of_text(form.lines.data or ""), ""
    with transaction():
        employer = acting.chosen(_MAKE)
        return service.prepare(employer, lines, name, by=current_user_id()).public_id


@bp.get(f"{_CHECKS}template.csv")
@requires(_MAKE)
def template() -> ResponseReturnValue:
    """An empty table with the names of the columns."""
    table = "\ufeff" + csv_tables.written(reading.COLUMNS, [])
    return download(table, "checks.csv", "text/csv; charset=utf-8")


@bp.get(_ONE)
@requires(_MAKE)
def run(public_id: str) -> ResponseReturnValue:
    """What is wrong with the rows before they are checked, and then what became of each."""
    found = access_run(public_id, current_actor())
    if exports.wanted():
        return exports.answer(_listing(found))
    counts, flaws = queries.counts(found.id), queries.flaws(found.id)
    shown = request.args.get("show", "")
    shown = shown if shown in {*counts, *flaws} else ""
    page = queries.page(found, shown, page_number(request.args.get("page")))
    seen = [row.certificate_id for row in page.rows if row.certificate_id is not None]
    return render_template(
        "employers/run.html",
        run=found,
        counts=counts,
        flaws=flaws,
        stopped=service.has_stopped(found),
        answered=queries.answered(found.id) if found.state == State.RUNNING else 0,
        left=quota.left(found.organisation, settings().employer_rows_daily, now=clock.now()),
        shown=shown,
        page=page,
        watched=watch_queries.watched(found.organisation_id, seen),
        mine=found.made_by_id == current_user_id(),
        typed_days=settings().employer_typed_days,
        form=ActionForm(formdata=None),
        wording=wording,
    )


def _listing(found: CheckRun) -> exports.Listing:
    head = [
        *(_("Row"), _("Code"), _("Name"), _("Reference"), _("Result"), _("Name compared")),
        *(_("Remark"), _("Number"), _("Certificate"), _("Issuer"), _("Issued"), _("Valid to")),
        _("Competencies"),
    ]
    name = found.name.rpartition(".")[0] or f"checks-{found.public_id}"
    return exports.Listing(f"{name}-checked", head, _cells(found))


def _cells(found: CheckRun) -> Iterator[tuple[object, ...]]:
    for one in queries.every(found):
        row = one.row
        yield (
            *(row.number, row.code, row.name, row.reference),
            str(wording.VERDICTS.get(row.outcome, "")),
            "" if row.name_matches is None else str(wording.NAMES[row.name_matches]),
            str(wording.FLAWS.get(row.flaw, "")),
            *_certified(one),
        )


def _certified(one: Answered) -> tuple[object, ...]:
    facts = one.facts
    if facts is None:
        return ("",) * 6
    return (
        facts.serial,
        local(facts.award_title),
        facts.issuer_name,
        facts.valid_from,
        facts.valid_until,
        " ".join(claim.code for claim in facts.claims),
    )


@bp.post(f"{_ONE}/confirm")
@requires(_MAKE)
def confirm(public_id: str) -> ResponseReturnValue:
    """Have the rows checked: a few are answered at once."""
    try:
        with transaction():
            found = access_run(public_id, current_actor())
            most = settings().employer_rows_daily
            service.confirm(found, most, by=current_user_id(), now=clock.now())
    except TooMany as refused:
        flash(sentence(refused.code, **refused.params), "error")
    except Conflict as refused:
        flash(sentence(refused.code), "info")  # pressed twice: the page shows where it is
    return redirect(url_for("employers.run", public_id=public_id))


@bp.post(f"{_ONE}/resume")
@requires(_MAKE)
def resume(public_id: str) -> ResponseReturnValue:
    """Go on with a run that has stopped."""
    with transaction():
        service.resume(access_run(public_id, current_actor()), by=current_user_id())
    return redirect(url_for("employers.run", public_id=public_id))


@bp.post(f"{_ONE}/delete")
@requires(_MAKE)
def delete(public_id: str) -> ResponseReturnValue:
    """Delete a run that one has made."""
    with transaction():
        found = access_run(public_id, current_actor())
        if found.made_by_id != current_user_id():
            raise Forbidden
        employer = found.organisation.public_id
        service.remove(found, by=current_user_id())
    flash(_("The run is deleted."), "success")
    return redirect(url_for("employers.runs", employer=employer))
