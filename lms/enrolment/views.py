"""Enrol, answer, withdraw, my training, the roster and the roll."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.audit import history
from lms.catalogue import prerequisites
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import ClassSession, Offering, SeatPool
from lms.catalogue.permissions import access_offering
from lms.catalogue.wording import APPROVER_LABELS
from lms.db import transaction
from lms.enrolment import choice_queries, door, listings, queries, rules, service
from lms.enrolment import roll as taking
from lms.enrolment.forms import (
    SEAT_LABELS,
    AnswerForm,
    EnrolForm,
    ReasonForm,
    RollForm,
    enrol_form,
)
from lms.enrolment.models import Enrolment
from lms.enrolment.permissions import access_enrolment, access_own, runs_its_offering
from lms.enrolment.states import ENDED, Deed, State, allows
from lms.enrolment.wording import PRESENCE_LABELS, STATE_LABELS, STATE_TONES
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.kernel.permissions import Permission, Role
from lms.people import queries as people_queries
from lms.people.models import User
from lms.repeats import once
from lms.web import exports, limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, BaseForm, pressed, takes
from lms.web.running import settings

bp = Blueprint("enrolment", __name__)


@bp.route("/offerings/<public_id>/enrol", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_ENROLMENT_CREATE)
@limits.enrolments
@takes(ActionForm, EnrolForm)
def enrol(public_id: str) -> ResponseReturnValue:
    """Check your answers, then take a seat or a place in the queue."""
    if door.one_kind(public_id) and pressed():
        return _enrol(public_id, None)
    offering = catalogue_queries.offering_by_public_id(public_id)
    form = enrol_form(offering)
    if form.validate_on_submit():
        return _enrol(public_id, form)
    return _to_own_place(offering) or _enrol_page(offering, form)


def _to_own_place(offering: Offering) -> ResponseReturnValue | None:
    standing = queries.active_enrolment(offering.id, current_user_id())
    if standing is None:
        return None
    return redirect(url_for("enrolment.place", public_id=standing.public_id))


def _enrol_page(offering: Offering, form: BaseForm) -> ResponseReturnValue:
    user = people_queries.user_by_id(current_user_id())
    page = render_template(
        "enrolment/enrol.html",
        offering=offering,
        form=form,
        lacking=user is None
        or bool(prerequisites.lacking(offering.course_version, user, clock.now())),
    )
    return page, (422 if form.is_submitted() else 200)


def _enrol(public_id: str, form: BaseForm | None) -> ResponseReturnValue:
    try:
        return _enrolled(public_id, form)
    except Conflict:
        # Perhaps there is a place already: that is looked up only now, for most have none.
        if (leads := _to_own_place(catalogue_queries.offering_by_public_id(public_id))) is None:
            raise
        return leads


def _enrolled(public_id: str, form: BaseForm | None) -> ResponseReturnValue:
    user_id = current_user_id()
    with once.answering() as told:
        offering, user = door.met(public_id, user_id)
        pool = _chosen(offering, form)
        enrolment = service.enrol(offering, user, by=user_id, now=clock.now(), pool=pool)
        told.location = url_for("enrolment.place", public_id=enrolment.public_id)
        state = enrolment.state
    flash(_told(state), "success" if state == State.CONFIRMED else "info")
    return redirect(told.location)


def _chosen(offering: Offering, form: BaseForm | None) -> SeatPool | None:
    wanted = form.pool.data if isinstance(form, EnrolForm) else None
    return next((pool for pool in offering.pools if pool.public_id == wanted), None)


def _told(state: str) -> str:
    if state == State.CONFIRMED:
        return str(_("You have a seat."))
    if state == State.APPLIED:
        return str(_("Your application is sent. You are told as soon as it is decided."))
    return str(_("All seats are taken. You are on the waiting list."))


@bp.get("/places/<public_id>")
@requires(Permission.ENROLMENT_ENROLMENT_READ)
def place(public_id: str) -> ResponseReturnValue:
    """One place: seat or queue, attendance; assessment and certificates add their panels."""
    actor = current_actor()
    enrolment = access_enrolment(public_id, actor, Permission.ENROLMENT_ENROLMENT_READ)
    zone = enrolment.offering.course_version.course.provider.timezone
    sessions = catalogue_queries.sessions_of(enrolment.offering)
    return render_template(
        "enrolment/place.html",
        enrolment=enrolment,
        place=queries.place_of(enrolment),
        outlook=queries.outlook_of(enrolment, sessions),
        sessions=sessions,
        own=enrolment.user_id == actor.user_id,
        states=STATE_LABELS,
        tones=STATE_TONES,
        approvers=APPROVER_LABELS,
        seats=SEAT_LABELS,
        may=_deeds(enrolment),
        over=clock.today(zone) > enrolment.offering.ends_on,
        form=ActionForm(),
        history=history.block(
            [("enrolment", enrolment.id)],
            manages=runs_its_offering(actor, enrolment),
            zone=zone,
        ),
    )


def _deeds(enrolment: Enrolment) -> set[str]:
    return {deed.name for deed in Deed if allows(deed, State(enrolment.state))}


@bp.post("/places/<public_id>/answer")
@requires(Permission.ENROLMENT_ENROLMENT_CREATE)
@limits.enrolments
@takes(AnswerForm)
def answer(public_id: str) -> ResponseReturnValue:
    """The person takes or declines a nomination or an offered seat."""
    enrolment = access_own(public_id, current_actor())
    form = AnswerForm()
    form.insist()
    yes, by, now = form.agreed, current_user_id(), clock.now()
    whereto = url_for("enrolment.place", public_id=public_id)
    with once.answering(whereto):
        if not yes:
            service.decline(enrolment, by=by, now=now)
        elif enrolment.state == State.NOMINATED:
            service.accept(enrolment, by=by, now=now)
        else:
            service.take_offer(enrolment, by=by, now=now)
        state = enrolment.state
    flash(_told(state) if yes else _("You declined. Thank you for saying so."), "info")
    return redirect(whereto)


@bp.route("/places/<public_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_ENROLMENT_CREATE)
@limits.enrolments
@takes(ReasonForm)
def withdraw(public_id: str) -> ResponseReturnValue:
    """Say what giving up a place means, then do it."""
    enrolment = access_own(public_id, current_actor())
    form = ReasonForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("enrolment/withdraw.html", enrolment=enrolment, form=form), status
    whereto = url_for("enrolment.my_training")
    with once.answering(whereto):
        reason = form.reason.data or ""
        service.withdraw(enrolment, by=current_user_id(), now=clock.now(), reason=reason)
    flash(_("You gave up your place."), "info")
    return redirect(whereto)


@bp.get("/my-training")
@requires(Permission.PEOPLE_ACCOUNT_USE)
def my_training() -> ResponseReturnValue:
    """All places of the person, newest first."""
    rows = queries.of_person(current_user_id())
    if exports.wanted():
        return exports.answer(listings.of_person(rows))
    return render_template(
        "enrolment/my_training.html", rows=rows, states=STATE_LABELS, tones=STATE_TONES
    )


@bp.get("/offerings/<public_id>/sessions/<session_id>")
@requires(Permission.ENROLMENT_ATTENDANCE_RECORD)
def roll(public_id: str, session_id: str) -> ResponseReturnValue:
    """The roll of one class session, for a phone."""
    offering = access_offering(public_id, current_actor(), Permission.ENROLMENT_ATTENDANCE_RECORD)
    session = queries.session_of(offering, session_id)
    return _roll_page(offering, session, RollForm())


def _roll_page(offering: Offering, session: ClassSession, form: RollForm) -> str:
    standing = {row.enrolment_id: row for row in queries.roll_of(session)}
    people, chose = choice_queries.for_roll(session)
    saved = {one.public_id: standing[one.id] for one in people if one.id in standing}
    presence = {place_id: row.presence for place_id, row in saved.items()}
    minutes = {place_id: str(row.minutes) for place_id, row in saved.items() if row.minutes}
    return render_template(
        "enrolment/roll.html",
        offering=offering,
        session=session,
        people=people,
        chose=chose,
        marks=presence | form.marks(),
        minutes=minutes | form.minutes(),
        labels=PRESENCE_LABELS,
        form=form,
    )


@bp.post("/offerings/<public_id>/sessions/<session_id>")
@requires(Permission.ENROLMENT_ATTENDANCE_RECORD)
@takes(RollForm)
def take_roll(public_id: str, session_id: str) -> ResponseReturnValue:
    """Record the roll."""
    offering = access_offering(public_id, current_actor(), Permission.ENROLMENT_ATTENDANCE_RECORD)
    session = queries.session_of(offering, session_id)
    form = RollForm()
    if not form.validate_on_submit():
        return _roll_page(offering, session, form), INVALID_ANSWER
    marks, by = form.noted(), current_user_id()
    file = form.file(session, by=by, key=settings().secret_key)
    with transaction():
        taking.take_roll(session, marks, by=by, now=clock.now(), file=file)
    flash(_("The roll is saved."), "success")
    return redirect(url_for("catalogue.offering", public_id=public_id))


@bp.get("/offerings/<public_id>/roster")
@requires(Permission.ENROLMENT_ATTENDANCE_RECORD)
def roster(public_id: str) -> ResponseReturnValue:
    """The list of a course to print and to sign on, or to take away with the whole roll."""
    offering = access_offering(public_id, current_actor(), Permission.ENROLMENT_ATTENDANCE_RECORD)
    sessions = catalogue_queries.sessions_of(offering)
    if not exports.wanted():
        return _to_sign(offering, sessions)
    marks, shares = queries.marks_of(offering.id), queries.shares(offering.id)
    people = queries.roster(offering)
    return exports.answer(listings.roster(offering, people, sessions, marks, shares))


def _to_sign(offering: Offering, sessions: list[ClassSession]) -> str:
    """One day on a sheet: the one that is asked for, else today, else the first."""
    zone = offering.course_version.course.provider.timezone
    days = rules.by_day(((session.starts_at, session) for session in sessions), zone)
    asked = next((day for day in days if day.isoformat() == request.args.get("day")), None)
    today = clock.today(zone)
    day = asked or (today if today in days else next(iter(days), offering.starts_on))
    return render_template(
        "enrolment/roster.html",
        offering=offering,
        people=queries.confirmed(offering.id),
        days=list(days),
        day=day,
        sessions=days.get(day, []),
    )


def _offering_panel(offering: Offering) -> str:
    return render_template(
        "enrolment/_offering_panel.html",
        offering=offering,
        roster=queries.roster(offering),
        shares=queries.shares(offering.id),
        states=STATE_LABELS,
        tones=STATE_TONES,
    )


def _desk_panel(user: User) -> str:
    rows = [row for row in queries.of_person(user.id) if row.state not in ENDED]
    return render_template(
        "enrolment/_desk_panel.html",
        rows=rows[:5],
        states=STATE_LABELS,
        tones=STATE_TONES,
        agency=bool(current_actor().paths(Role.AGENCY_COORDINATOR)),
    )


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("catalogue.offering", _offering_panel)
    panels.add("people.desk", _desk_panel)
