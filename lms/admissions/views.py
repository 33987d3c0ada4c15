"""An application as its writer sees it: one thing per page, then what becomes of it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.admissions import queries, rules, service, states
from lms.admissions.forms import (
    AnswerForm,
    ChooseForm,
    PapersForm,
    QualificationForm,
    StatementForm,
    WithdrawForm,
)
from lms.admissions.models import Application, DocumentKind
from lms.admissions.permissions import access_application
from lms.admissions.states import WRITTEN, Deed, State
from lms.admissions.wording import KINDS, LEVELS, MISSING, STATES, TONES, routes_words
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission
from lms.people.models import User
from lms.storage import scanning, uploads
from lms.storage.receiving import receive
from lms.web import limits
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.downloads import download
from lms.web.filters import moment
from lms.web.forms import INVALID_ANSWER, ActionForm, choices, takes
from lms.web.running import settings

bp = Blueprint("admissions", __name__)
_WRITE = Permission.ADMISSIONS_APPLICATION_CREATE
_ONE = "/applications/<public_id>"


def _own(public_id: str) -> Application:
    return access_application(public_id, current_actor(), _WRITE)


def _written_on(public_id: str) -> Application:
    """One's own, while one writes on it; raises Conflict afterwards."""
    found = _own(public_id)
    if State(found.state) not in WRITTEN:
        raise Conflict("application-not-in-state")
    return found


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("admissions.application", public_id=public_id))


@bp.post("/intakes/<public_id>/apply")
@requires(_WRITE)
@limits.enrolments
def apply(public_id: str) -> ResponseReturnValue:
    """Begin an application, or come back to the one there is."""
    intake, now = queries.intake(public_id), clock.now()
    with transaction():
        user = db.session.get_one(User, current_user_id())
        address = service.begin(intake, user, now=now).public_id
    return _back(address)


@bp.get(_ONE)
@requires(_WRITE)
def application(public_id: str) -> ResponseReturnValue:
    """What is written and what is missing; later, where it stands."""
    found = _own(public_id)
    intake = found.intake
    return render_template(
        "admissions/application.html",
        application=found,
        intake=intake,
        missing=service.lacks(found),
        written=State(found.state) in WRITTEN,
        may_withdraw=states.allows(Deed.WITHDRAW, State(found.state)),
        routes=routes_words(intake.routes),
        form=ActionForm(formdata=None),
        withdrawing=WithdrawForm(formdata=None),
        states=STATES,
        tones=TONES,
    )


@bp.route(f"{_ONE}/qualification", methods=["GET", "POST"])
@requires(_WRITE)
@takes(QualificationForm)
def qualification(public_id: str) -> ResponseReturnValue:
    """The highest qualification, and years of practice."""
    found = _written_on(public_id)
    stated = {name: getattr(found, name) for name in ("qualification", "institution", "years")}
    form = QualificationForm(data=stated | {"level": found.level or 6})
    if form.validate_on_submit():
        with transaction():
            service.describe(found, form.facts())
        return _back(public_id)
    return render_template(
        "admissions/qualification.html",
        application=found,
        form=form,
        routes=routes_words(found.intake.routes),
    ), (INVALID_ANSWER if form.is_submitted() else 200)


@bp.route(f"{_ONE}/statement", methods=["GET", "POST"])
@requires(_WRITE)
@takes(StatementForm)
def statement(public_id: str) -> ResponseReturnValue:
    """Why somebody wants to study this, and why in spite of the entry rules."""
    found = _written_on(public_id)
    form = StatementForm(data={"statement": found.statement, "plea": found.plea})
    if form.validate_on_submit():
        with transaction():
            service.state(found, form.statement.data or "", form.plea.data or "")
        return _back(public_id)
    met = rules.entry(found.intake.routes, found.level, found.years)
    return render_template(
        "admissions/statement.html",
        application=found,
        form=form,
        pleads=met is rules.Entry.NOT_MET or bool(found.plea),
    ), (INVALID_ANSWER if form.is_submitted() else 200)


@bp.route(f"{_ONE}/documents", methods=["GET", "POST"])
@requires(_WRITE)
@limits.uploads
@takes(PapersForm)
def documents(public_id: str) -> ResponseReturnValue:
    """Transcripts, letters of reference, other documents."""
    found, form = _written_on(public_id), PapersForm()
    if form.validate_on_submit():
        try:
            _add(found, form)
        except Invalid as refused:
            form.apply(refused)
        except Conflict as there:
            form.apply(Invalid(there.code, fields={"file": there.code}))
        else:
            flash(_("The document is added."), "success")
            return redirect(url_for("admissions.documents", public_id=public_id))
    return render_template(
        "admissions/documents.html",
        application=queries.application(public_id),
        form=form,
        removing=ActionForm(formdata=None),
        kinds=KINDS,
        accepted=uploads.ACCEPTED_LIST,
        limit=settings().upload_limit,
    ), (INVALID_ANSWER if form.is_submitted() else 200)


def _add(found: Application, form: PapersForm) -> None:
    file = receive(form.file.data, limit=settings().upload_limit)
    with transaction():
        scanning.quarantine(file.digest)
        service.add_document(found, DocumentKind(form.kind.data), file)


@bp.get(f"{_ONE}/documents/<document_id>")
@requires(_WRITE)
def document(public_id: str, document_id: str) -> ResponseReturnValue:
    """A document, for its applicant and those who judge the application."""
    judge = Permission.ADMISSIONS_APPLICATION_JUDGE
    found = access_application(public_id, current_actor(), _WRITE, judge)
    file = queries.document_of(found, document_id)
    return download(scanning.release(file.digest), file.file_name, file.media_type)


@bp.post(f"{_ONE}/documents/<document_id>/remove")
@requires(_WRITE)
def remove_document(public_id: str, document_id: str) -> ResponseReturnValue:
    """Take a document out."""
    found = _own(public_id)
    with transaction():
        service.remove_document(found, queries.document_of(found, document_id))
    flash(_("The document is removed."), "info")
    return redirect(url_for("admissions.documents", public_id=public_id))


@bp.route(f"{_ONE}/send", methods=["GET", "POST"])
@requires(_WRITE)
@takes(ActionForm)
def send(public_id: str) -> ResponseReturnValue:
    """Check the answers, and hand the application to the committee."""
    found, form = _written_on(public_id), ActionForm()
    if form.validate_on_submit():
        with transaction():
            service.send(found, now=clock.now())
        flash(_("Your application is sent. You are told as soon as it is decided."), "success")
        return _back(public_id)
    intake = found.intake
    return render_template(
        "admissions/send.html",
        application=found,
        form=form,
        missing=service.lacks(found),
        entry=rules.entry(intake.routes, found.level, found.years).value,
        words=MISSING,
        levels=LEVELS,
        kinds=KINDS,
    ), (INVALID_ANSWER if form.is_submitted() else 200)


@bp.route(f"{_ONE}/interview", methods=["GET", "POST"])
@requires(_WRITE)
@takes(ChooseForm)
def interview(public_id: str) -> ResponseReturnValue:
    """Choose a time for the interview."""
    found, now = _own(public_id), clock.now()
    if found.state != State.INTERVIEW:
        raise Conflict("application-not-in-state")
    free = queries.free_slots(found, now)
    form = ChooseForm(data={"slot": found.slot.public_id if found.slot else None})
    zone = found.intake.zone
    form.slot.choices = choices(
        {one.public_id: f"{moment(one.starts_at, zone)}, {one.place}" for one in free}
    )
    if form.validate_on_submit():
        with transaction():
            slot = queries.slot_of(found.intake, form.slot.data)
            service.choose(found, slot, now=now)
        flash(_("The time is yours."), "success")
        return _back(public_id)
    return render_template("admissions/interview.html", application=found, form=form, free=free), (
        INVALID_ANSWER if form.is_submitted() else 200
    )


@bp.post(f"{_ONE}/answer")
@requires(_WRITE)
@limits.enrolments
@takes(AnswerForm)
def answer(public_id: str) -> ResponseReturnValue:
    """Take the place that is offered, or not."""
    found, form = _own(public_id), AnswerForm()
    form.insist()
    takes_it = form.decision.data == "yes"
    with transaction():
        service.answer(found, takes=takes_it, now=clock.now())
    flash(_("The place is yours.") if takes_it else _("The place goes to somebody else."), "info")
    return _back(public_id)


@bp.post(f"{_ONE}/withdraw")
@requires(_WRITE)
@takes(WithdrawForm)
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take the application back, or give up the place."""
    found, form = _own(public_id), WithdrawForm()
    form.insist()
    with transaction():
        service.withdraw(found, form.reason.data or "", now=clock.now())
    flash(_("The application is withdrawn."), "info")
    return _back(public_id)
