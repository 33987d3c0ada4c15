"""The own account: where one is signed in, the password, and the way back when it is forgotten."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from lms.db import transaction
from lms.kernel import clock, text
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Permission
from lms.people import (
    asking,
    device,
    identity,
    passkeys,
    proofs,
    resets,
    second_factor,
    sessions,
    tries,
)
from lms.people.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from lms.people.rules import TriedOn
from lms.people.signed_in import lifetimes, myself
from lms.people.views import bp
from lms.web import visitor
from lms.web.auth_guard import current_user_id, public, requires
from lms.web.forms import takes

_TOKEN = "reset"  # noqa: S105  # the name under which the cookie keeps it


@bp.get("/account")
@requires(Permission.PEOPLE_ACCOUNT_USE)
def account() -> ResponseReturnValue:
    """Where the person is signed in."""
    limits = lifetimes().of(staff=current_user.is_staff)
    found = sessions.open_sessions(current_user_id(), clock.now() - limits.idle)
    ways, left = proofs.ways_of(current_user_id()), None
    if ways.second:
        left = second_factor.recovery_codes_left(current_user_id())
    return render_template(
        "people/account.html",
        user=myself(),
        sessions=found,
        here=current_user.session_id,
        codes_left=left,
        ways=ways,
        passkeys=passkeys.of_user(current_user_id()),
        may_make_passkeys=asking.party() is not None,
        identity_number=identity.masked(current_user_id()),
    )


@bp.post("/account/sessions/<public_id>/end")
@requires(Permission.PEOPLE_ACCOUNT_USE)
def end_session(public_id: str) -> ResponseReturnValue:
    """Sign out somewhere else."""
    with transaction():
        sessions.end(public_id, of=current_user_id(), now=clock.now())
    flash(_("That session has ended."), "ok")
    return redirect(url_for("people.account"))


@bp.post("/account/sessions/end-others")
@requires(Permission.PEOPLE_ACCOUNT_USE)
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere else."""
    here = current_user.session_id
    with transaction():
        me = myself()
        sessions.end_all(me, but=here, by=me.id, now=clock.now())
    flash(_("You are signed in here only."), "ok")
    return redirect(url_for("people.account"))


@bp.post("/account/keep")
@requires(Permission.PEOPLE_ACCOUNT_USE)
def keep() -> ResponseReturnValue:
    """Stay signed in: each request counts as a sign of life, so nothing is left to do."""
    with transaction():
        sessions.touch(current_user.session_id, now=clock.now())
    return redirect(url_for("people.desk"))


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.PEOPLE_ACCOUNT_USE)
@takes(ChangePasswordForm)
def password() -> ResponseReturnValue:
    """Choose a new password, knowing the old one."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        here, now = current_user.session_id, clock.now()
        targets = {TriedOn.ACCOUNT_FROM_NETWORK: f"own {current_user.id}"}
        with transaction():
            tries.count(targets, now=now)
        try:
            with transaction():
                old, new = form.current.data or "", form.password.data or ""
                resets.change(myself(), old, new, but=here, now=now)
                tries.forgive(targets)
        except Invalid as refusal:
            form.apply(refusal)
        else:
            flash(_("Your password is changed. Other devices are signed out."), "ok")
            return redirect(url_for("people.account"))
    status = 422 if request.method == "POST" else 200
    return render_template("people/password.html", form=form, email=myself().email), status


@bp.route("/forgotten", methods=["GET", "POST"])
@public
@takes(ForgottenForm)
def forgotten() -> ResponseReturnValue:
    """Ask for a link by mail; the answer is the same whoever asks."""
    form = ForgottenForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        targets = {TriedOn.RESET: text.key(email), TriedOn.NETWORK: f"reset {visitor.network()}"}
        with transaction():
            tries.count(targets, now=clock.now())
            resets.ask(email)
        return render_template("people/forgotten_sent.html", email=email)
    status = 422 if request.method == "POST" else 200
    return render_template("people/forgotten.html", form=form), status


@bp.get("/reset/<token>")
@public
def open_reset(token: str) -> ResponseReturnValue:
    """Take the token out of the address at once: addresses are kept and passed on."""
    session[_TOKEN] = token[:64]
    return redirect(url_for("people.reset"))


@bp.route("/reset", methods=["GET", "POST"])
@public
@takes(NewPasswordForm)
def reset() -> ResponseReturnValue:
    """Choose a new password by the token that came by mail."""
    token = str(session.get(_TOKEN, ""))
    if not resets.is_open(token, now=clock.now()):
        return render_template("people/reset_spent.html"), 410
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            with transaction():
                user = resets.use(token, form.password.data or "", now=clock.now())
                email = user.email
        except Invalid as refusal:
            form.apply(refusal)
        else:
            logout_user()
            session.clear()
            flash(_("Your password is changed. Sign in with it now."), "ok")
            answer = redirect(url_for("people.sign_in"))
            # Whoever reads the owner's mail is the owner: no stranger's tries delay them here.
            device.remember(answer, email)
            return answer
    status = 422 if request.method == "POST" else 200
    return render_template("people/reset.html", form=form), status
