"""Seats that change hands: to a colleague of the agency, or to another offering of the course."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue.models import Offering, SeatPool
from lms.db import transaction
from lms.enrolment import agency_queries, changing, queries
from lms.enrolment.forms import SEAT_LABELS, SubstituteForm, TransferForm
from lms.enrolment.models import Enrolment
from lms.enrolment.permissions import access_enrolment, access_to_move, runs_its_offering
from lms.enrolment.states import Deed, State, allows
from lms.kernel import clock
from lms.kernel.permissions import Permission, allowed
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.filters import day_range
from lms.web.forms import choices, takes

bp = Blueprint("exchange", __name__)


@bp.route("/places/<public_id>/substitute", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_NOMINATION_CREATE)
@limits.enrolments
@takes(SubstituteForm)
def substitute(public_id: str) -> ResponseReturnValue:
    """Give an officer's seat to a colleague of the same office."""
    place, form = _of_officer(public_id), SubstituteForm()
    colleagues = {one.public_id: one for one in agency_queries.colleagues(place)}
    form.officer.choices = choices({key: one.name for key, one in colleagues.items()})
    if not form.validate_on_submit():
        return render_template(
            "enrolment/substitute.html", enrolment=place, form=form, colleagues=colleagues
        ), (422 if form.is_submitted() else 200)
    officer, reason = colleagues[form.officer.data], form.reason.data or ""
    with transaction():
        heir = changing.substitute(
            _of_officer(public_id), officer, by=current_user_id(), now=clock.now(), reason=reason
        )
        new_id, name = heir.public_id, heir.user.name
    flash(_("%(name)s has the seat now. Both are told.", name=name), "ok")
    return redirect(url_for("enrolment.place", public_id=new_id))


def _of_officer(public_id: str) -> Enrolment:
    return access_enrolment(public_id, current_actor(), Permission.ENROLMENT_NOMINATION_CREATE)


@bp.route("/places/<public_id>/transfer", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_OFFERING_EDIT)
@takes(TransferForm)
def transfer(public_id: str) -> ResponseReturnValue:
    """Move a person to another offering of the course, past its window."""
    place, form = access_to_move(public_id, current_actor()), TransferForm()
    offerings = _offerings(place)
    named = {pool.public_id: _named(each, pool) for each in offerings for pool in each.pools}
    form.pool.choices = choices(named)
    if not form.validate_on_submit():
        return render_template(
            "enrolment/transfer.html", enrolment=place, form=form, offerings=offerings
        ), (422 if form.is_submitted() else 200)
    reason = form.reason.data or ""
    with transaction():
        place = access_to_move(public_id, current_actor())
        pools = {pool.public_id: pool for each in _offerings(place) for pool in each.pools}
        pool = pools[form.pool.data]
        moved = changing.transfer(place, pool, by=current_user_id(), now=clock.now(), reason=reason)
        new_id, seated = moved.public_id, moved.is_active
    told = _("Moved, with a seat.") if seated else _("Moved, to the waiting list there.")
    flash(told, "ok" if seated else "info")
    return redirect(url_for("enrolment.place", public_id=new_id))


def _offerings(place: Enrolment) -> list[Offering]:
    today = clock.today(place.offering.course_version.course.provider.timezone)
    return queries.offerings_to_move_to(place, today)


def _named(offering: Offering, pool: SeatPool) -> str:
    days = day_range(offering.starts_on, offering.ends_on)
    free = _("%(free)s of %(seats)s seats free", free=pool.free, seats=pool.capacity)
    return f"{days} · {offering.venue} · {SEAT_LABELS[pool.mode]} ({free})"


def _place_panel(enrolment: Enrolment) -> str:
    actor, state = current_actor(), State(enrolment.state)
    zone = enrolment.offering.course_version.course.provider.timezone
    if clock.today(zone) > enrolment.offering.ends_on:
        return ""
    return render_template(
        "enrolment/_exchange_panel.html",
        enrolment=enrolment,
        substitutes=allows(Deed.SUBSTITUTE, state)
        and allowed(actor, Permission.ENROLMENT_NOMINATION_CREATE, enrolment),
        transfers=allows(Deed.TRANSFER, state) and runs_its_offering(actor, enrolment),
    )


def add_panels() -> None:
    """Add to the page of a place."""
    panels.add("enrolment.place", _place_panel)
