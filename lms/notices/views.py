"""What was told to whom and why: of an offering for its managers, of a place for its person."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue.kinds import CopiedTo
from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_offering
from lms.db import transaction
from lms.enrolment.models import Enrolment
from lms.enrolment.permissions import runs_its_offering
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission, allowed
from lms.notices import queries, service
from lms.notices.forms import ReminderForm
from lms.notices.wording import CAUSES
from lms.web import exports, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes

bp = Blueprint("notices", __name__)
_EDIT = Permission.CATALOGUE_OFFERING_EDIT


@bp.get("/offerings/<public_id>/messages")
@requires(_EDIT)
def messages(public_id: str) -> ResponseReturnValue:
    """Every mail about places of an offering: when, to whom, why, and what became of it."""
    offering = access_offering(public_id, current_actor(), _EDIT)
    if exports.wanted():
        return exports.answer(_listing(offering))
    return _page(
        offering, ReminderForm(formdata=None, days=offering.remind_days, copies=offering.copies)
    )


def _listing(offering: Offering) -> exports.Listing:
    head = [_("To"), _("Mail"), _("Why"), _("About"), _("Written"), _("Sent"), _("Refused")]
    rows = (
        (
            one.mail.address,
            one.mail.subject,
            CAUSES.get(one.mail.cause, ""),
            one.person.name,
            one.mail.created_at,
            one.mail.sent_at,
            one.mail.trouble,
        )
        for one in queries.latest_told_of_offering(offering, exports.MOST)
    )
    zone = offering.course_version.course.provider.timezone
    return exports.Listing(f"{offering.code}-messages", head, rows, zone)


def _page(offering: Offering, form: ReminderForm) -> str:
    found = queries.told_of_offering(offering, page_number(request.args.get("page")))
    return render_template(
        "notices/messages.html", offering=offering, page=found, causes=CAUSES, form=form
    )


@bp.post("/offerings/<public_id>/messages")
@requires(_EDIT)
@takes(ReminderForm)
def set_reminder(public_id: str) -> ResponseReturnValue:
    """Say how early people are reminded."""
    offering = access_offering(public_id, current_actor(), _EDIT)
    form = ReminderForm()
    if not form.validate_on_submit():
        return _page(offering, form), INVALID_ANSWER
    with transaction():
        by = current_user_id()
        service.set_reminder(offering, form.days.data or 0, by=by)
        service.set_copies(offering, [CopiedTo(each) for each in form.copies.data or ()], by=by)
    flash(_("Saved."), "success")
    return redirect(url_for("notices.messages", public_id=public_id))


def _offering_panel(offering: Offering) -> str:
    if not allowed(current_actor(), _EDIT, offering):
        return ""
    return render_template("notices/_offering_panel.html", offering=offering)


def _place_panel(enrolment: Enrolment) -> str:
    actor = current_actor()
    if enrolment.user_id != actor.user_id and not runs_its_offering(actor, enrolment):
        return ""
    told = queries.told_person(enrolment)
    if not told:
        return ""
    zone = enrolment.offering.course_version.course.provider.timezone
    return render_template("notices/_place_panel.html", told=told, causes=CAUSES, zone=zone)


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("catalogue.offering", _offering_panel)
    panels.add("enrolment.place", _place_panel)
