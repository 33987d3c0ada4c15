"""Class sessions and trainers of an offering, each with a warning before a clash is saved."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue.models import ClassSession, Offering
from lms.catalogue.permissions import access_offering
from lms.db import transaction
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission
from lms.people import queries as people_queries
from lms.timetable import queries, service
from lms.timetable.forms import (
    SessionForm,
    StaffForm,
    rooms_for,
    saved_form,
    session_form,
    staff_form,
)
from lms.timetable.models import Room
from lms.timetable.rules import Clash, DoubleBooked
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, Saved, differences, takes
from lms.web.messages import sentence

bp = Blueprint("timetable", __name__)
_EDIT = Permission.CATALOGUE_OFFERING_EDIT


def _offering(public_id: str) -> Offering:
    return access_offering(public_id, current_actor(), _EDIT)


def _to_desk(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("catalogue.offering", public_id=public_id))


@bp.route("/offerings/<public_id>/timetable", methods=["GET", "POST"])
@requires(_EDIT)
@takes(SessionForm)
def new_session(public_id: str) -> ResponseReturnValue:
    """Add a class session."""
    return _edit(_offering(public_id), None)


@bp.route("/offerings/<public_id>/timetable/<session_id>", methods=["GET", "POST"])
@requires(_EDIT)
@takes(SessionForm)
def session(public_id: str, session_id: str) -> ResponseReturnValue:
    """Another time, room or link for a class session."""
    offering = _offering(public_id)
    return _edit(offering, queries.session_of(offering, session_id))


def _edit(offering: Offering, standing: ClassSession | None) -> ResponseReturnValue:
    meeting = queries.meeting_of(standing) if standing else None
    rooms = rooms_for(offering, meeting)
    form = session_form(offering, standing, meeting, rooms)
    clashes: list[Clash] = []
    saved: list[Saved] | None = None
    if form.validate_on_submit():
        try:
            address = _save(offering, standing, form, rooms)
        except DoubleBooked as refusal:
            form.apply(refusal)
            clashes = refusal.clashes
        except Invalid as refusal:
            form.apply(refusal)
        except Conflict as refusal:
            if refusal.code == "stale" and standing is not None:
                saved = _meanwhile(offering, standing, form)
            else:
                form.form_errors.append(sentence(refusal.code))
        else:
            flash(_("The class session is saved."), "success")
            return address
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template(
        "timetable/session.html",
        offering=offering,
        session=standing,
        form=form,
        clashes=clashes,
        saved=saved,
    ), (status if saved is None else 409)


def _save(
    offering: Offering, standing: ClassSession | None, form: SessionForm, rooms: list[Room]
) -> ResponseReturnValue:
    with transaction():
        facts = form.facts(offering.course_version.course.provider.timezone, rooms)
        service.save_session(
            offering,
            standing,
            facts,
            accepted=bool(form.accepted.data),
            by=current_user_id(),
            seen=form.seen,
        )
        return _to_desk(offering.public_id)


def _meanwhile(offering: Offering, standing: ClassSession, form: SessionForm) -> list[Saved]:
    meeting = queries.meeting_of(standing)
    form.overtaken(standing.row_version)
    now_saved = saved_form(offering, standing, meeting, rooms_for(offering, meeting))
    return differences(form, now_saved)


@bp.post("/offerings/<public_id>/timetable/<session_id>/remove")
@requires(_EDIT)
def remove_session(public_id: str, session_id: str) -> ResponseReturnValue:
    """Take a class session out."""
    offering = _offering(public_id)
    standing = queries.session_of(offering, session_id)
    with transaction():
        service.remove_session(offering, standing, by=current_user_id())
    flash(_("The class session is removed."), "success")
    return _to_desk(public_id)


@bp.post("/offerings/<public_id>/staff")
@requires(_EDIT)
@takes(StaffForm)
def add_staff(public_id: str) -> ResponseReturnValue:
    """Name a trainer of the provider for the offering."""
    offering = _offering(public_id)
    form = staff_form(offering)
    if form.validate_on_submit():
        try:
            _name(offering, form)
        except DoubleBooked as refusal:
            form.apply(refusal)
            return render_template(
                "timetable/staff.html",
                offering=_offering(public_id),
                form=form,
                clashes=refusal.clashes,
            ), INVALID_ANSWER
        flash(_("The person may now take the roll and mark work."), "success")
    elif form.form_errors:
        form.insist()
    else:
        flash(_("Choose a trainer from the list."), "error")
    return _to_desk(public_id)


def _name(offering: Offering, form: StaffForm) -> None:
    with transaction():
        user = people_queries.user_by_id(form.person.data)
        if user is not None:
            meant = bool(form.accepted.data)
            service.name_trainer(offering, user, accepted=meant, by=current_user_id())
