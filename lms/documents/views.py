"""Documents of an offering: a page for those who keep them, lists and files for those who read."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_offering
from lms.db import transaction
from lms.documents import queries, service
from lms.documents.forms import AUDIENCES, DocumentForm
from lms.documents.models import Audience
from lms.documents.permissions import access_document, reads_all
from lms.enrolment.models import Enrolment
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission
from lms.storage import scanning, uploads
from lms.storage.receiving import receive
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, current_user_id, public, requires
from lms.web.downloads import download
from lms.web.forms import INVALID_ANSWER, ActionForm, takes
from lms.web.running import settings

bp = Blueprint("documents", __name__)
_KEEP = Permission.CATALOGUE_OFFERING_TEACH


@bp.route("/offerings/<public_id>/documents", methods=["GET", "POST"])
@requires(_KEEP)
@limits.uploads
@takes(DocumentForm)
def listed(public_id: str) -> ResponseReturnValue:
    """The documents of an offering, with the form to add one."""
    offering, form = access_offering(public_id, current_actor(), _KEEP), DocumentForm()
    if form.validate_on_submit():
        try:
            _add(offering, form)
        except Invalid as refused:
            form.apply(refused)
        except Conflict as there:
            form.apply(Invalid(there.code, fields={"file": there.code}))
        else:
            flash(_("The document is added."), "success")
            return redirect(url_for("documents.listed", public_id=public_id))
    return render_template(
        "documents/documents.html",
        offering=offering,
        documents=queries.of_offering(offering, public_only=False),
        form=form,
        removing=ActionForm(formdata=None),
        audiences=AUDIENCES,
        accepted=uploads.ACCEPTED_LIST,
        limit=settings().upload_limit,
    ), (INVALID_ANSWER if form.is_submitted() else 200)


def _add(offering: Offering, form: DocumentForm) -> None:
    file = receive(form.file.data, limit=settings().upload_limit)
    title, audience = (form.title.data or "").strip(), Audience(form.audience.data)
    with transaction():
        scanning.quarantine(file.digest)
        service.add(offering, title, audience, file, by=current_user_id())


@bp.get("/offerings/<public_id>/documents/<document_id>")
@public
def document(public_id: str, document_id: str) -> ResponseReturnValue:
    """A document, as an attachment."""
    offering = catalogue_queries.offering_by_public_id(public_id)
    found = access_document(offering, document_id, current_actor())
    return download(scanning.release(found.digest), found.file_name, found.media_type)


@bp.post("/offerings/<public_id>/documents/<document_id>/remove")
@requires(_KEEP)
def remove(public_id: str, document_id: str) -> ResponseReturnValue:
    """Take a document out."""
    offering = access_offering(public_id, current_actor(), _KEEP)
    with transaction():
        service.remove(queries.document_of(offering, document_id), by=current_user_id())
    flash(_("The document is removed."), "info")
    return redirect(url_for("documents.listed", public_id=public_id))


def _list(offering: Offering) -> str:
    shown = queries.of_offering(offering, public_only=not reads_all(current_actor(), offering))
    return render_template("documents/_list.html", offering=offering, documents=shown)


def _place_panel(enrolment: Enrolment) -> str:
    return _list(enrolment.offering)


def _offering_panel(offering: Offering) -> str:
    shown = queries.of_offering(offering, public_only=False)
    return render_template("documents/_offering_panel.html", offering=offering, documents=shown)


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("catalogue.offering", _offering_panel)
    panels.add("enrolment.place", _place_panel)
    panels.add("timetable.agenda", _list)
