"""Moving and cancelling an offering: first what it means and for whom, then the deed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import rescheduling
from lms.catalogue.forms import CancelForm, MoveForm
from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_offering
from lms.catalogue.views import bp
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Permission
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import takes

_EDIT = Permission.CATALOGUE_OFFERING_EDIT


@bp.route("/offerings/<public_id>/cancel", methods=["GET", "POST"])
@requires(_EDIT)
@takes(CancelForm)
def cancel_offering(public_id: str) -> ResponseReturnValue:
    """Cancel, for a reason that everybody concerned is told."""
    form = CancelForm()
    if form.validate_on_submit():
        try:
            with transaction():
                found = access_offering(public_id, current_actor(), _EDIT)
                reason = form.reason.data or ""
                rescheduling.cancel(found, reason, by=current_user_id(), now=clock.now())
        except Invalid as refusal:
            form.apply(refusal)
        else:
            flash(_("The offering is cancelled, and everybody concerned is told."), "ok")
            return redirect(url_for("catalogue.offering", public_id=public_id))
    found = access_offering(public_id, current_actor(), _EDIT)
    status = 422 if form.is_submitted() else 200
    return render_template("catalogue/cancel.html", offering=found, form=form), status


@bp.route("/offerings/<public_id>/move", methods=["GET", "POST"])
@requires(_EDIT)
@takes(MoveForm)
def move_offering(public_id: str) -> ResponseReturnValue:
    """Another first day or venue, for all class sessions."""
    found = access_offering(public_id, current_actor(), _EDIT)
    form = MoveForm(starts_on=found.starts_on, venue=found.venue)
    refusal: Invalid | None = None
    if form.validate_on_submit():
        try:
            with transaction():
                found = access_offering(public_id, current_actor(), _EDIT)
                _move(found, form)
        except Invalid as refused:
            form.apply(refused)
            refusal = refused
            found = access_offering(public_id, current_actor(), _EDIT)
        else:
            flash(_("The offering is moved, and everybody concerned is told."), "ok")
            return redirect(url_for("catalogue.offering", public_id=public_id))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "catalogue/move.html", offering=found, form=form, refusal=refusal
    ), status


def _move(offering: Offering, form: MoveForm) -> None:
    rescheduling.move(
        offering,
        form.starts_on.data,
        form.venue.data or "",
        by=current_user_id(),
        now=clock.now(),
        accepted=bool(form.accepted.data),
    )
