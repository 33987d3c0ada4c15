"""The buttons by which a person chooses among sessions that are held side by side."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.enrolment.permissions import access_own
from lms.kernel import clock
from lms.kernel.permissions import Permission
from lms.timetable import choosing, queries
from lms.timetable.forms import ChoiceForm
from lms.timetable.views import bp
from lms.web import limits
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import takes


@bp.post("/places/<public_id>/sessions/<session_id>/choice")
@requires(Permission.ENROLMENT_ENROLMENT_CREATE)
@limits.enrolments
@takes(ChoiceForm)
def choose(public_id: str, session_id: str) -> ResponseReturnValue:
    """Attend this session instead of those beside it, or none of them."""
    place = access_own(public_id, current_actor())
    session = queries.session_of(place.offering, session_id)
    form = ChoiceForm()
    form.insist()
    deed = choosing.choose if form.chosen else choosing.give_up
    with transaction():
        deed(place, session, by=current_user_id(), now=clock.now())
    flash(_("Your choice is saved."), "success")
    return redirect(url_for("enrolment.place", public_id=public_id, _anchor="timetable"))
