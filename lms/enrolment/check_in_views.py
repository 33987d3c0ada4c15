"""Checking in: the room shows a code that changes, people enter it on their telephones."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue.models import ClassSession
from lms.catalogue.permissions import access_offering
from lms.db import transaction
from lms.enrolment import queries, roll, rules
from lms.enrolment.forms import CheckInForm
from lms.enrolment.models import Enrolment
from lms.enrolment.permissions import access_session_to_attend
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, requires
from lms.web.forms import takes
from lms.web.messages import sentence
from lms.web.running import settings

bp = Blueprint("check_in", __name__)


@bp.get("/offerings/<public_id>/sessions/<session_id>/check-in")
@requires(Permission.ENROLMENT_ATTENDANCE_RECORD)
def board(public_id: str, session_id: str) -> ResponseReturnValue:
    """What stands on the wall of the room: picture and code of this half minute."""
    offering = access_offering(public_id, current_actor(), Permission.ENROLMENT_ATTENDANCE_RECORD)
    session, now = queries.session_of(offering, session_id), clock.now()
    step = int(now.timestamp()) // rules.STEP_SECONDS
    code = rules.check_in_code(settings().secret_key, session.public_id, step)
    address = url_for("check_in.here", session_id=session.public_id, code=code)
    return render_template(
        "enrolment/check_in_board.html",
        offering=offering,
        session=session,
        code=code,
        picture=segno.make_qr(settings().base_url + address).svg_data_uri(scale=8, border=4),
        refusal=rules.check_in_refusal(session.starts_at, session.ends_at, now),
        there=len(queries.roll_of(session)),
        expected=len(queries.confirmed(offering.id)),
        seconds=rules.STEP_SECONDS - int(now.timestamp()) % rules.STEP_SECONDS,
    )


@bp.route("/check-in/<session_id>", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_ENROLMENT_CREATE)
@limits.enrolments
@takes(CheckInForm)
def here(session_id: str) -> ResponseReturnValue:
    """Say that one is there; the picture brings the code along, or it is typed."""
    session, place = access_session_to_attend(session_id, current_actor())
    form = CheckInForm(code=request.args.get("code", "")[:20])
    if form.validate_on_submit():
        try:
            _note(session_id, form.code.data or "")
        except (Conflict, Invalid) as refusal:
            form.apply(refusal if isinstance(refusal, Invalid) else Invalid(refusal.code))
            session, place = access_session_to_attend(session_id, current_actor())
        else:
            flash(_("You are noted as there."), "ok")
            return redirect(url_for("enrolment.place", public_id=place.public_id))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "enrolment/check_in.html",
        session=session,
        place=place,
        mark=queries.mark_of(session, place),
        refusal=_refusal(session),
        form=form,
    ), status


def _note(session_id: str, typed: str) -> None:
    with transaction():
        session, place = access_session_to_attend(session_id, current_actor())
        roll.check_in(session, place, typed, key=settings().secret_key, now=clock.now())


def _refusal(session: ClassSession) -> str | None:
    code = rules.check_in_refusal(session.starts_at, session.ends_at, clock.now())
    return sentence(code) if code else None


def _place_panel(enrolment: Enrolment) -> str:
    if enrolment.user_id != current_actor().user_id or not enrolment.is_active:
        return ""
    session = queries.session_to_check_in(enrolment.offering_id, clock.now())
    if session is None or queries.mark_of(session, enrolment) is not None:
        return ""
    return render_template("enrolment/_check_in_panel.html", session=session)


def add_panels() -> None:
    """Add to the page of a place."""
    panels.add("enrolment.place", _place_panel)
