"""The agency's desk, nominations, and what coordinators and managers are asked to agree to."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.catalogue.wording import APPROVER_LABELS
from lms.db import db, transaction
from lms.enrolment import agency_queries, listings, queries, service
from lms.enrolment.forms import SEAT_LABELS, DecisionForm, NominationForm
from lms.enrolment.models import Approval
from lms.enrolment.permissions import access_approval
from lms.enrolment.wording import STATE_LABELS, STATE_TONES
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Permission, Role, allowed
from lms.people.models import User
from lms.web import exports, limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import takes
from lms.web.messages import sentence

bp = Blueprint("agency", __name__)
LONGEST_SEARCH = 100


@bp.get("/agency")
@requires(Permission.ENROLMENT_AGENCY_READ)
def desk() -> ResponseReturnValue:
    """The officers of the coordinator's agency and where they stand."""
    rows = queries.of_agency(current_actor().paths(Role.AGENCY_COORDINATOR))
    if exports.wanted():
        return exports.answer(listings.of_agency(rows))
    return render_template(
        "enrolment/agency.html", rows=rows, states=STATE_LABELS, tones=STATE_TONES
    )


@bp.route("/offerings/<public_id>/nominate", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_NOMINATION_CREATE)
@limits.enrolments
@takes(NominationForm)
def nominate(public_id: str) -> ResponseReturnValue:
    """Choose officers of one's agency; each is asked and accepts or declines."""
    offering = catalogue_queries.offering_by_public_id(public_id)
    form, paths = NominationForm(), current_actor().paths(Role.AGENCY_COORDINATOR)
    if form.validate_on_submit() and form.officers():
        return _nominate(offering, paths, form)
    wanted = request.args.get("q", "")[:LONGEST_SEARCH].strip()
    if form.is_submitted() and not form.errors:
        form.form_errors.append(_("Choose at least one officer."))
    return render_template(
        "enrolment/nominate.html",
        offering=offering,
        form=form,
        officers=agency_queries.officers(paths, offering, wanted),
        wanted=wanted,
        states=STATE_LABELS,
        tones=STATE_TONES,
        seats=SEAT_LABELS,
    ), (422 if form.is_submitted() else 200)


def _nominate(
    offering: Offering, paths: tuple[str, ...], form: NominationForm
) -> ResponseReturnValue:
    chosen = form.officers()
    mine = {one.user.public_id: one.user for one in agency_queries.officers(paths, offering, "")}
    if not set(chosen) <= set(mine):
        raise NotFound
    people = [mine[public_id].id for public_id in chosen]
    done, refused = 0, []
    with transaction():
        for user_id in people:
            user = db.session.get_one(User, user_id)
            try:
                with db.session.begin_nested():
                    _nominate_one(offering.public_id, form.pool(), user)
            except (Conflict, Invalid) as refusal:
                fields = refusal.fields if isinstance(refusal, Invalid) else {}
                code = next(iter(fields.values()), refusal.code)
                refused.append(f"{user.name}: {sentence(code, **refusal.params)}")
            else:
                done += 1
    if done:
        told = ngettext("%(num)s officer is nominated.", "%(num)s officers are nominated.", done)
        flash(told, "ok")
    for words in refused:
        flash(words, "error")
    return redirect(url_for("agency.nominate", public_id=offering.public_id))


def _nominate_one(offering_id: str, wanted: str | None, user: User) -> None:
    offering = catalogue_queries.offering_by_public_id(offering_id)
    pool = next((each for each in offering.pools if each.public_id == wanted), None)
    service.nominate(offering, user, by=current_user_id(), now=clock.now(), pool=pool)


@bp.get("/approvals")
@requires(Permission.ENROLMENT_APPROVAL_DECIDE)
def approvals() -> ResponseReturnValue:
    """All that waits for an answer of this person, as the desk shows it."""
    if exports.wanted():
        return exports.answer(listings.of_approvals(_waiting(exports.MOST)))
    return render_template("enrolment/approvals.html", approvals=_waiting())


def _waiting(most: int = agency_queries.MOST_WAITING) -> list[Approval]:
    actor = current_actor()
    return agency_queries.approvals_waiting(
        actor.paths(Role.AGENCY_COORDINATOR),
        actor.paths(Role.COURSE_MANAGER),
        actor.user_id,
        most=most,
    )


@bp.route("/approvals/<public_id>", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_APPROVAL_DECIDE)
@takes(DecisionForm)
def approval(public_id: str) -> ResponseReturnValue:
    """What somebody asks for, with the two answers."""
    actor = current_actor()
    found, form = access_approval(public_id, actor), DecisionForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            _decide(public_id, form)
        except Invalid as refusal:
            form.apply(refusal)
            found = access_approval(public_id, actor)
        else:
            flash(_("Your answer is recorded, and the person is told."), "ok")
            return redirect(url_for("people.desk"))
    return render_template(
        "enrolment/approval.html",
        approval=found,
        place=found.enrolment,
        form=form,
        open=queries.open_approval(found.enrolment) is found,
        approvers=APPROVER_LABELS,
        seats=SEAT_LABELS,
    ), status


def _decide(public_id: str, form: DecisionForm) -> None:
    by, now, reason = current_user_id(), clock.now(), form.reason.data or ""
    with transaction():
        found = access_approval(public_id, current_actor())
        if form.agreed:
            service.approve(found, by=by, now=now, reason=reason)
        else:
            service.reject(found, by=by, now=now, reason=reason)


def _desk_panel(user: User) -> str:
    del user
    if not allowed(current_actor(), Permission.ENROLMENT_APPROVAL_DECIDE):
        return ""
    waiting = _waiting()
    if not waiting:
        return ""
    return render_template("enrolment/_approvals_panel.html", approvals=waiting)


def _course_panel(offering: Offering) -> str:
    if not allowed(current_actor(), Permission.ENROLMENT_NOMINATION_CREATE):
        return ""
    return render_template("enrolment/_nominate_link.html", offering=offering)


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("people.desk", _desk_panel)
    panels.add("catalogue.offering_line", _course_panel)
