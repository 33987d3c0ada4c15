"""Copying an offering: what is taken over, what is new, and what would clash."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_offering
from lms.db import transaction
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission
from lms.timetable import copying
from lms.timetable.forms import CopyForm
from lms.timetable.rules import Clash, DoubleBooked
from lms.timetable.views import bp
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes

_EDIT = Permission.CATALOGUE_OFFERING_EDIT


@bp.route("/offerings/<public_id>/copy", methods=["GET", "POST"])
@requires(_EDIT)
@takes(CopyForm)
def copy_offering(public_id: str) -> ResponseReturnValue:
    """Plan another offering like this one."""
    source, form = access_offering(public_id, current_actor(), _EDIT), CopyForm()
    clashes: list[Clash] = []
    if form.validate_on_submit():
        try:
            address = _copy(source, form)
        except DoubleBooked as refusal:
            form.apply(refusal)
            clashes = refusal.clashes
        except Invalid as impossible:
            form.apply(Invalid(impossible.code, fields={"closes_on": impossible.code}))
        except Conflict as refusal:
            taken = {"code": refusal.code} if refusal.code == "offering-code-taken" else {}
            form.apply(Invalid(refusal.code, fields=taken))
        else:
            flash(_("The copy is saved as planned. Look it over, then open it."), "success")
            return redirect(address)
        source = access_offering(public_id, current_actor(), _EDIT)
    version = catalogue_queries.published_of(source.course_version.course_id)
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template(
        "timetable/copy.html", offering=source, newest=version, form=form, clashes=clashes
    ), status


def _copy(source: Offering, form: CopyForm) -> str:
    with transaction():
        facts = form.facts(source.course_version.course.provider.timezone)
        meant = bool(form.accepted.data)
        made = copying.copy(source, facts, accepted=meant, by=current_user_id())
        return url_for("catalogue.offering", public_id=made.public_id)
