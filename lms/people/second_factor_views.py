"""Setting up a second factor, and doing without one again."""

import segno
from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission
from lms.people import asking, passwords, sealing, second_factor, sessions, tries
from lms.people.forms import CodeForm, PasswordForm
from lms.people.models import User
from lms.people.rules import TriedOn
from lms.people.signed_in import myself
from lms.people.views import bp
from lms.web.auth_guard import confirmed, current_user_id, requires
from lms.web.forms import takes
from lms.web.running import settings

_NEW = "new_factor"
# What a person without the second factor that their role demands may still do.
_OPEN_DOORS = {
    "people.second_factor_set_up",
    "people.passkey_new",
    "people.account",
    "people.sign_out",
    "people.keep",
    "static",
    "fonts.font",
    "health.healthz",  # which asks nothing of the database
}


@bp.route("/account/second-factor", methods=["GET", "POST"])
@requires(Permission.PEOPLE_ACCOUNT_USE)
@confirmed
@takes(CodeForm)
def second_factor_set_up() -> ResponseReturnValue:
    """Show a new secret as a QR code; a code of the app proves that it has arrived there."""
    me, form = myself(), CodeForm()
    secret = _offered(me)
    if form.validate_on_submit():
        here, now = current_user.session_id, clock.now()
        try:
            with transaction():
                made = second_factor.set_up(
                    myself(), secret, form.code.data or "", keys=settings().data_keys, now=now
                )
                sessions.strengthen(here)
                sessions.end_all(myself(), but=here, by=me.id, now=now)
        except Invalid as refusal:
            form.apply(refusal)
        else:
            session.pop(_NEW, None)
            return render_template("people/recovery_codes.html", codes=made)
    status = 422 if request.method == "POST" else 200
    link = second_factor.address(secret, issuer=settings().institute_name, account=me.email)
    return render_template(
        "people/second_factor.html",
        form=form,
        picture=_picture(link),
        text=second_factor.as_text(secret),
        present=second_factor.of_user(me.id) is not None,
        passkeys=asking.party() is not None,
        demanded=current_user.owes_second_factor,
    ), status


@bp.route("/account/second-factor/remove", methods=["GET", "POST"])
@requires(Permission.PEOPLE_ACCOUNT_USE)
@takes(PasswordForm)
def second_factor_remove() -> ResponseReturnValue:
    """Do without a second factor, where the role allows it; needs the password."""
    if current_user.owes_second_factor:
        raise Conflict("second-factor-demanded")
    form, now = PasswordForm(), clock.now()
    if form.validate_on_submit():
        targets = {TriedOn.ACCOUNT_FROM_NETWORK: f"own {current_user.id}"}
        with transaction():
            tries.count(targets, now=now)
        if passwords.matches(form.password.data or "", myself().password_hash):
            with transaction():
                tries.forgive(targets)
                second_factor.remove(myself(), by=current_user_id())
            flash(_("You sign in with your password alone again."), "ok")
            return redirect(url_for("people.account"))
        form.apply(Invalid(fields={"password": "password-not-right"}))
    status = 422 if request.method == "POST" else 200
    return render_template("people/second_factor_remove.html", form=form), status


def _offered(me: User) -> bytes:
    # Kept in the cookie, sealed, so that reloading the page does not make the app's entry useless.
    keys = settings().data_keys
    try:
        kept = str(session.get(_NEW, ""))
        return sealing.unseal(kept, keys=keys, purpose="new second factor", owner=me.id)
    except sealing.CannotOpen:
        secret = second_factor.new_secret()
        session[_NEW] = sealing.seal(secret, key=keys[0], purpose="new second factor", owner=me.id)
        return secret


def _picture(link: str) -> str:
    return segno.make_qr(link).svg_data_uri(scale=4, border=4)


def _demand() -> ResponseReturnValue | None:
    """Lead people to the set-up whose role demands a second factor that they have not shown."""
    if not settings().staff_second_factor or request.endpoint in _OPEN_DOORS:
        return None
    if not current_user.is_authenticated:
        return None
    if current_user.strong or not current_user.owes_second_factor:
        return None
    flash(_("Your role needs a second factor. Set it up now; it takes a minute."), "info")
    return redirect(url_for("people.second_factor_set_up"))


def init_app(app: Flask) -> None:
    """Stand before every page."""
    app.before_request(_demand)
