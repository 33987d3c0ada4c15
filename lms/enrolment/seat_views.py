"""The seats of an offering on its desk: how many, for whom, and who did not come."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.catalogue.models import Offering, SeatPool
from lms.catalogue.permissions import access_offering
from lms.db import transaction
from lms.enrolment import agency_queries, changing, service
from lms.enrolment.forms import SEAT_LABELS, CapacityForm, TermsForm
from lms.enrolment.permissions import access_enrolment
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Permission, allowed
from lms.people import queries as people_queries
from lms.web import panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import choices, takes
from lms.web.messages import sentence

bp = Blueprint("seats", __name__)
_EDIT = Permission.CATALOGUE_OFFERING_EDIT


def _pool(public_id: str, mode: str) -> SeatPool:
    offering = access_offering(public_id, current_actor(), _EDIT)
    found = next((pool for pool in offering.pools if pool.mode == mode), None)
    if found is None:
        raise NotFound
    return found


@bp.route("/offerings/<public_id>/seats/<mode>", methods=["GET", "POST"])
@requires(_EDIT)
@takes(CapacityForm)
def capacity(public_id: str, mode: str) -> ResponseReturnValue:
    """Raise or lower the seats of one kind, and say what that does."""
    form = CapacityForm(capacity=_pool(public_id, mode).capacity)
    if form.validate_on_submit():
        try:
            moved = _change(public_id, mode, form)
        except Conflict as refusal:
            form.capacity.errors = [sentence(refusal.code, **refusal.params)]
        else:
            told = ngettext(
                "Saved. %(num)s person moved up from the waiting list.",
                "Saved. %(num)s people moved up from the waiting list.",
                moved,
            )
            flash(told, "ok")
            return redirect(url_for("catalogue.offering", public_id=public_id))
    return render_template(
        "enrolment/capacity.html",
        offering=access_offering(public_id, current_actor(), _EDIT),
        pool=_pool(public_id, mode),
        form=form,
        seats=SEAT_LABELS,
    ), (422 if form.is_submitted() else 200)


def _change(public_id: str, mode: str, form: CapacityForm) -> int:
    with transaction():
        moved = changing.change_capacity(
            _pool(public_id, mode),
            form.capacity.data or 0,
            over=bool(form.over.data),
            by=current_user_id(),
            now=clock.now(),
        )
        return len(moved)


@bp.route("/offerings/<public_id>/terms", methods=["GET", "POST"])
@requires(_EDIT)
@takes(TermsForm)
def terms(public_id: str) -> ResponseReturnValue:
    """What holds for the people of an agency who ask from now on."""
    offering, form = access_offering(public_id, current_actor(), _EDIT), TermsForm()
    form.organisation.choices = choices({a.public_id: a.name for a in people_queries.agencies()})
    if form.validate_on_submit():
        try:
            _set_terms(public_id, form)
        except (Conflict, Invalid) as refusal:
            form.apply(Invalid(refusal.code))
        else:
            flash(_("The terms are saved. They hold for those who ask from now on."), "ok")
            return redirect(url_for("seats.terms", public_id=public_id))
        offering = access_offering(public_id, current_actor(), _EDIT)
    status = 422 if form.is_submitted() else 200
    return render_template(
        "enrolment/terms.html",
        offering=offering,
        form=form,
        standing=agency_queries.terms_of(offering),
    ), status


def _set_terms(public_id: str, form: TermsForm) -> None:
    with transaction():
        offering = access_offering(public_id, current_actor(), _EDIT)
        agencies = {each.public_id: each for each in people_queries.agencies()}
        changing.set_terms(
            offering,
            agencies[form.organisation.data],
            rank=0 if form.first.data else 100,
            quota=form.quota.data,
            by=current_user_id(),
        )


@bp.post("/places/<public_id>/missed")
@requires(Permission.ENROLMENT_ATTENDANCE_RECORD)
def missed(public_id: str) -> ResponseReturnValue:
    """Note that somebody did not come."""
    actor = current_actor()
    place = access_enrolment(public_id, actor, Permission.ENROLMENT_ENROLMENT_READ)
    access_offering(place.offering.public_id, actor, Permission.ENROLMENT_ATTENDANCE_RECORD)
    with transaction():
        service.miss(place, by=current_user_id(), now=clock.now())
    flash(_("Noted: the person did not come."), "info")
    return redirect(url_for("enrolment.place", public_id=public_id))


def _offering_panel(offering: Offering) -> str:
    if not allowed(current_actor(), _EDIT, offering):
        return ""
    return render_template(
        "enrolment/_seats_panel.html",
        offering=offering,
        seats=SEAT_LABELS,
        terms=agency_queries.terms_of(offering),
    )


def add_panels() -> None:
    """Add to the offering's desk."""
    panels.add("catalogue.offering", _offering_panel)
