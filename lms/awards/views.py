"""Awards and transcripts, for registrars: who is due what, and issuing it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lms.awards import queries, service
from lms.awards.forms import IssueForm
from lms.certificates.basis import Office
from lms.certificates.keyring import ring
from lms.certificates.naming import KINDS, STATES
from lms.kernel import clock
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission, Role, allowed
from lms.programmes.models import Programme
from lms.programmes.queries import by_public_id, plan
from lms.programmes.wording import AWARDS
from lms.repeats import once
from lms.web import panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes
from lms.web.running import settings

bp = Blueprint("awards", __name__, url_prefix="/certificates/programmes")
_ISSUE = Permission.CERTIFICATES_CERTIFICATE_ISSUE


def _programme(public_id: str) -> Programme:
    programme = by_public_id(public_id)
    if not allowed(current_actor(), _ISSUE, programme):
        raise NotFound
    return programme


@bp.get("/<public_id>")
@requires(_ISSUE)
def due(public_id: str) -> ResponseReturnValue:
    """Who is due the award of a programme or a transcript, and what is missing."""
    return _page(_programme(public_id), IssueForm(formdata=None)), 200


def _page(programme: Programme, form: IssueForm) -> str:
    everybody = request.args.get("show") == "all"
    number = page_number(request.args.get("page"))
    return render_template(
        "awards/due.html",
        programme=programme,
        page=queries.candidates(plan(programme), number, everybody=everybody),
        everybody=everybody,
        me=current_user_id(),
        form=form,
        ticked=form.person.data or (),
        awards=AWARDS,
        kinds=KINDS,
        states=STATES,
    )


@bp.post("/<public_id>/issue")
@requires(_ISSUE)
@takes(IssueForm)
def issue(public_id: str) -> ResponseReturnValue:
    """Issue the award or a transcript to those who were ticked."""
    programme, form = _programme(public_id), IssueForm()
    if not form.validate_on_submit():
        return _page(programme, form), INVALID_ANSWER
    whereto = url_for("awards.due", public_id=public_id)
    office = Office(settings(), ring(settings()), current_user_id(), clock.now())
    users = queries.by_public_ids(form.person.data or ())
    try:
        with once.answering(whereto):
            issued, refused = service.issue_many(programme, users, form.kind.data, office)
    except Invalid as refusal:
        form.apply(refusal)
        return _page(_programme(public_id), form), INVALID_ANSWER
    _tell(issued, refused)
    return redirect(whereto)


def _tell(issued: int, refused: int) -> None:
    if issued:
        words = ngettext(
            "%(num)s certificate is issued. Its PDF is being made.",
            "%(num)s certificates are issued. Their PDFs are being made.",
            issued,
        )
        flash(words, "success")
    if refused:
        words = ngettext(
            "%(num)s person got none: why stands beside the name.",
            "%(num)s people got none: why stands beside the name.",
            refused,
        )
        flash(words, "info")


def _programme_panel(programme: Programme) -> str:
    if not allowed(current_actor(), _ISSUE, programme):
        return ""
    return render_template("awards/_programme_panel.html", programme=programme)


def _list_panel() -> str:
    paths = current_actor().paths(Role.REGISTRAR)
    if not paths:
        return ""
    return render_template("awards/_list_panel.html", programmes=queries.of_providers(paths))


def add_panels() -> None:
    """Add to the page of a programme, and to that of certificates."""
    panels.add("programmes.programme", _programme_panel)
    panels.add("certificates.mine", _list_panel)
