"""A course manager lets somebody in past prerequisites and approvals."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_offering
from lms.db import transaction
from lms.enrolment import service
from lms.enrolment.forms import AdmitForm, admit_form
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission, allowed
from lms.people import queries as people_queries
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import takes

bp = Blueprint("admission", __name__)
_EDIT = Permission.CATALOGUE_OFFERING_EDIT


@bp.route("/offerings/<public_id>/admit", methods=["GET", "POST"])
@requires(_EDIT)
@limits.enrolments
@takes(AdmitForm)
def admit(public_id: str) -> ResponseReturnValue:
    """Admit a person by e-mail address, for a reason that is kept with the place."""
    offering = access_offering(public_id, current_actor(), _EDIT)
    form = admit_form(offering)
    if form.validate_on_submit():
        try:
            address = _admit(public_id, form)
        except (Conflict, Invalid) as refusal:
            fields = refusal.fields if isinstance(refusal, Invalid) else {}
            form.apply(Invalid(refusal.code, fields=fields))
            offering = access_offering(public_id, current_actor(), _EDIT)
        else:
            flash(_("The person is admitted and told by mail."), "success")
            return redirect(address)
    status = 422 if form.is_submitted() else 200
    return render_template("enrolment/admit.html", offering=offering, form=form), status


def _admit(public_id: str, form: AdmitForm) -> str:
    with transaction():
        offering = access_offering(public_id, current_actor(), _EDIT)
        user = people_queries.user_by_email(form.email.data or "")
        if user is None or not user.is_active:
            raise Invalid(fields={"email": "nobody-with-this-address"})
        pool = next((one for one in offering.pools if one.public_id == form.pool.data), None)
        reason, by = form.reason.data or "", current_user_id()
        place = service.admit(offering, user, reason, by=by, now=clock.now(), pool=pool)
        return url_for("enrolment.place", public_id=place.public_id)


def _offering_panel(offering: Offering) -> str:
    if not allowed(current_actor(), _EDIT, offering):
        return ""
    return render_template("enrolment/_admit_panel.html", offering=offering)


def add_panels() -> None:
    """Add to the offering's desk."""
    panels.add("catalogue.offering", _offering_panel)
