"""Invitations: made one by one or from a file, looked after, and accepted."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from lms.db import transaction
from lms.kernel import clock, csv_tables
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission
from lms.people import directory, invitation_file, invitation_queries, invitations, queries, wording
from lms.people.administration_forms import (
    AcceptForm,
    InvitationFileForm,
    InvitationForm,
    InvitationTableForm,
)
from lms.people.invitation_file import Checked
from lms.people.invitations import Invitee
from lms.people.models import User
from lms.people.permissions import INVITING, access_invitation, access_own_invitation
from lms.people.signed_in import myself
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, current_user_id, public, requires
from lms.web.downloads import download
from lms.web.forms import ActionForm, takes

bp = Blueprint("invitations", __name__)
MOST_EXPORTED = 10_000
_TOKEN = "invitation"  # noqa: S105  # the name under which the cookie keeps it


def _paths() -> tuple[str, ...]:
    return current_actor().paths(*INVITING)


@bp.get("/invitations")
@requires(Permission.PEOPLE_INVITATION_SEND)
def listed() -> ResponseReturnValue:
    """The invitations into the own organisations, newest first."""
    return render_template(
        "people/invitations.html",
        page=invitation_queries.page_of(_paths(), page_number(request.args.get("page"))),
        states=wording.INVITATIONS,
        now=clock.now(),
    )


@bp.get("/invitations.csv")
@requires(Permission.PEOPLE_INVITATION_SEND)
def export() -> ResponseReturnValue:
    """The newest ten thousand invitations as a table."""
    now = clock.now()
    header = ("name", "email", "language", "organisation_code", "state", "invited_at", "expires_at")
    rows = (
        (
            one.name,
            one.email,
            one.locale,
            one.organisation.code,
            one.state(now).value,
            one.created_at.isoformat(),
            one.expires_at.isoformat(),
        )
        for one in invitation_queries.newest(_paths(), MOST_EXPORTED)
    )
    table = csv_tables.written(header, rows)
    return download(table, "invitations.csv", "text/csv; charset=utf-8")


@bp.route("/invitations/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_INVITATION_SEND)
@takes(InvitationForm)
@limits.invitations
def invite() -> ResponseReturnValue:
    """Invite one person; the answer is the same whether the address has an account."""
    form = InvitationForm()
    form.offer(directory.organisations_under(_paths()))
    if form.validate_on_submit():
        try:
            return _invite(form)
        except (Invalid, Conflict) as refusal:
            form.apply(refusal if isinstance(refusal, Invalid) else Invalid(refusal.code))
    status = 422 if form.is_submitted() else 200
    return render_template("people/invite.html", form=form), status


def _invite(form: InvitationForm) -> ResponseReturnValue:
    who = Invitee(form.name.data, form.email.data, form.locale.data)
    with transaction():
        over = directory.organisation_under(form.organisation.data, _paths())
        if over is None:
            raise Invalid(fields={"organisation": "organisation-out-of-reach"})
        invitations.invite(who, over, by=current_user_id(), now=clock.now())
    flash(_("%(email)s is invited.", email=who.email), "ok")
    return redirect(url_for("invitations.listed"))


@bp.route("/invitations/file", methods=["GET", "POST"])
@requires(Permission.PEOPLE_INVITATION_SEND)
@takes(InvitationFileForm)
@limits.invitations
def from_file() -> ResponseReturnValue:
    """Check a table of people; nothing is saved and nobody is mailed yet."""
    form = InvitationFileForm()
    if form.validate_on_submit():
        data = form.file.data.read(invitation_file.LARGEST + 1)
        if len(data) <= invitation_file.LARGEST:
            checked = invitation_file.check(data, _paths())
            return _report(checked), (422 if checked.faults else 200)
        form.apply(Invalid(fields={"file": "file-too-large"}))
    status = 422 if form.is_submitted() else 200
    return render_template("people/invite_file.html", form=form, most=invitation_file.MOST), status


def _report(checked: Checked) -> str:
    form = InvitationTableForm(formdata=None)
    form.table.data = invitation_file.as_text(checked)
    return render_template(
        "people/invite_check.html", checked=checked, form=form, languages=wording.LANGUAGES
    )


@bp.post("/invitations/file/send")
@requires(Permission.PEOPLE_INVITATION_SEND)
@takes(InvitationTableForm)
@limits.invitations
def send_file() -> ResponseReturnValue:
    """Invite everybody of the checked table, which is checked once more."""
    form = InvitationTableForm()
    form.insist()
    data = (form.table.data or "").encode()
    try:
        with transaction():
            count = invitation_file.invite_all(
                data, _paths(), by=current_user_id(), now=clock.now()
            )
    except Invalid:
        return _report(invitation_file.check(data, _paths())), 422
    flash(ngettext("%(num)s person is invited.", "%(num)s people are invited.", count), "ok")
    return redirect(url_for("invitations.listed"))


@bp.post("/invitations/<public_id>/again")
@requires(Permission.PEOPLE_INVITATION_SEND)
@limits.invitations
def send_again(public_id: str) -> ResponseReturnValue:
    """Mail a new link."""
    with transaction():
        found = access_invitation(public_id, current_actor())
        invitations.send_again(found, by=current_user_id(), now=clock.now())
    flash(_("A new link is on its way; the old one works no more."), "ok")
    return redirect(url_for("invitations.listed"))


@bp.post("/invitations/<public_id>/withdraw")
@requires(Permission.PEOPLE_INVITATION_SEND)
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take an invitation back."""
    with transaction():
        found = access_invitation(public_id, current_actor())
        invitations.withdraw(found, by=current_user_id(), now=clock.now())
    flash(_("The invitation is withdrawn; its link works no more."), "ok")
    return redirect(url_for("invitations.listed"))


@bp.get("/invitation/<token>")
@public
def open_invitation(token: str) -> ResponseReturnValue:
    """Take the token out of the address at once: addresses are kept and passed on."""
    session[_TOKEN] = token[:64]
    return redirect(url_for("invitations.accept"))


@bp.route("/invitation", methods=["GET", "POST"])
@public
@takes(AcceptForm)
def accept() -> ResponseReturnValue:
    """Make an account by the token that came by mail; who has one signs in to join."""
    token, now = str(session.get(_TOKEN, "")), clock.now()
    invitation = invitation_queries.by_token(token, now=now)
    known = queries.user_by_email(invitation.email) if invitation else None
    if invitation is None or (known is not None and not known.is_active):
        return render_template("people/invitation_spent.html"), 410
    if known is not None:
        return _ask_known(known, invitation.public_id)
    form = AcceptForm(name=invitation.name)
    if form.validate_on_submit():
        try:
            with transaction():
                name, password = form.name.data or "", form.password.data or ""
                invitations.accept_as_new(token, name, password, now=now)
        except Invalid as refusal:
            form.apply(refusal)
        else:
            session.pop(_TOKEN, None)
            flash(_("Your account is ready. Sign in with it now."), "ok")
            return redirect(url_for("people.sign_in"))
    status = 422 if form.is_submitted() else 200
    return render_template("people/accept.html", form=form, invitation=invitation), status


def _ask_known(known: User, public_id: str) -> ResponseReturnValue:
    target = url_for("invitations.join", public_id=public_id)
    if current_user.is_authenticated and current_user.id != known.id:
        return render_template("people/invitation_of_another.html", email=known.email), 409
    if current_user.is_authenticated:
        return redirect(target)
    flash(_("You have an account. Sign in with it to join."), "info")
    return redirect(url_for("people.sign_in", next=target))


@bp.route("/account/invitations/<public_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_ACCOUNT_USE)
def join(public_id: str) -> ResponseReturnValue:
    """Say what joining means, then do it."""
    me = myself()
    invitation = access_own_invitation(public_id, me)
    form = ActionForm()
    if invitation.state(clock.now()) != "open":
        return render_template("people/invitation_spent.html"), 410
    if not form.validate_on_submit():
        return render_template("people/join.html", invitation=invitation, user=me, form=form)
    with transaction():
        me = myself()
        invitation = access_own_invitation(public_id, me)
        invitations.join(invitation, me, now=clock.now())
        name = invitation.organisation.name
    flash(_("You belong to %(organisation)s now.", organisation=name), "ok")
    return redirect(url_for("people.desk"))


def _desk_panel(user: User) -> str:
    mine = invitation_queries.for_person(user, now=clock.now())
    invites = bool(_paths())
    if not mine and not invites:
        return ""
    return render_template("people/_invitations_panel.html", mine=mine, invites=invites)


def add_panels() -> None:
    """Add to the desk."""
    panels.add("people.desk", _desk_panel)
