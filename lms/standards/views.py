"""Frameworks: list, tree, import with a dry run, export."""

import json

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.kernel.permissions import Permission
from lms.standards import case_writing, csv_table, queries, service
from lms.standards.forms import ImportForm
from lms.standards.permissions import access_run
from lms.storage import blobs
from lms.web.auth_guard import current_actor, current_user_id, public, requires
from lms.web.downloads import download
from lms.web.forms import ActionForm, takes

bp = Blueprint("standards", __name__, url_prefix="/standards")

LARGEST_FILE = 20_000_000


@bp.get("/")
@public
def frameworks() -> ResponseReturnValue:
    """All frameworks."""
    return render_template("standards/frameworks.html", frameworks=queries.frameworks())


@bp.get("/<public_id>")
@public
def framework(public_id: str) -> ResponseReturnValue:
    """A framework as a tree."""
    found = queries.framework_by_public_id(public_id)
    return render_template(
        "standards/framework.html",
        framework=found,
        tree=queries.tree_of(found),
        levels=queries.levels_of(found.id),
    )


@bp.get("/<public_id>.csv")
@public
def as_csv(public_id: str) -> ResponseReturnValue:
    """The framework as our CSV."""
    found = queries.framework_by_public_id(public_id)
    body = csv_table.write(queries.draft_of(found))
    return download(body, f"{found.code}.csv", "text/csv; charset=utf-8")


@bp.get("/<public_id>.case.json")
@public
def as_case(public_id: str) -> ResponseReturnValue:
    """The framework as a CASE 1.1 package."""
    found = queries.framework_by_public_id(public_id)
    body = json.dumps(case_writing.write(queries.draft_of(found)), ensure_ascii=False, indent=1)
    return download(body, f"{found.code}.case.json", "application/json")


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.STANDARDS_FRAMEWORK_IMPORT)
@takes(ImportForm)
def import_file() -> ResponseReturnValue:
    """Upload a file and check it; nothing is imported yet."""
    form = ImportForm()
    if form.validate_on_submit():
        data = form.file.data.read(LARGEST_FILE + 1)
        if len(data) <= LARGEST_FILE:
            digest = blobs().put(data)
            with transaction():
                name = (form.file.data.filename or "file")[-150:]
                run = service.check(data, name, digest, by=current_user_id())
                public_id = run.public_id
            return redirect(url_for("standards.import_report", public_id=public_id))
        form.file.errors = [_("The file is larger than 20 MB.")]
    status = 422 if form.is_submitted() else 200
    return render_template("standards/import.html", form=form), status


@bp.get("/import/<public_id>")
@requires(Permission.STANDARDS_FRAMEWORK_IMPORT)
def import_report(public_id: str) -> ResponseReturnValue:
    """What the checked file would bring, or every fault in it."""
    run = access_run(public_id, current_actor())
    return render_template("standards/import_report.html", run=run, form=ActionForm())


@bp.post("/import/<public_id>")
@requires(Permission.STANDARDS_FRAMEWORK_IMPORT)
def take_over(public_id: str) -> ResponseReturnValue:
    """Import the checked file."""
    run = access_run(public_id, current_actor())
    data = blobs().get(run.digest)
    with transaction():
        imported = service.take_over(run, data, by=current_user_id())
        address = url_for("standards.framework", public_id=imported.public_id)
    flash(_("The framework is imported."), "success")
    return redirect(address)
