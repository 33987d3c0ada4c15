"""The logo and the signatures on certificates: put there, shown, taken off."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.designs import marks, queries
from lms.designs.asking import asked_provider
from lms.designs.forms import MarkForm, MarkOffForm
from lms.designs.models import MarkUse
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.permissions import Permission
from lms.storage import blobs
from lms.web import limits
from lms.web.auth_guard import current_user_id, requires
from lms.web.forms import takes
from lms.web.messages import sentence

bp = Blueprint("design_marks", __name__, url_prefix="/designs/marks")
_CHANGE = Permission.DESIGNS_DESIGN_CHANGE


def _use(text: str | None) -> MarkUse:
    try:
        return MarkUse(text or "")
    except ValueError:
        raise Invalid(fields={"use": "invalid"}) from None


@bp.post("/")
@requires(_CHANGE)
@limits.uploads
@takes(MarkForm)
def put() -> ResponseReturnValue:
    """Print a logo or a signature on certificates from now on."""
    form, provider = MarkForm(), asked_provider()
    form.insist()
    use, signatory = _use(form.use.data), form.signatory.data or ""
    try:
        digest = blobs().put(marks.made(_picture(form), use))
        with transaction():
            marks.put(provider, use, signatory, digest, by=current_user_id())
    except Invalid as refused:
        flash(sentence(refused.fields.get("file", refused.code)), "error")
    else:
        flash(_("It stands on certificates issued from now on."), "success")
    return redirect(url_for("designs.listed", provider=provider.public_id))


def _picture(form: MarkForm) -> bytes:
    if form.drawn.data:
        return marks.of_address(form.drawn.data)
    data: bytes = form.file.data.read(marks.LARGEST + 1) if form.file.data else b""
    return data


@bp.post("/off")
@requires(_CHANGE)
@takes(MarkOffForm)
def take_off() -> ResponseReturnValue:
    """Print it no more."""
    form, provider = MarkOffForm(), asked_provider()
    form.insist()
    use = _use(form.use.data)
    with transaction():
        marks.take_off(provider, use, form.signatory.data or "", by=current_user_id())
    flash(_("Taken off. Certificates issued before keep it."), "success")
    return redirect(url_for("designs.listed", provider=provider.public_id))


@bp.get("/<digest>.png")
@requires(_CHANGE)
def picture(digest: str) -> ResponseReturnValue:
    """A picture of the provider's own."""
    own = queries.marks_of(asked_provider().id)
    if digest not in {own.logo, *own.signatures.values()} - {""}:
        raise NotFound
    answer = Response(blobs().get(digest), content_type="image/png")
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer
