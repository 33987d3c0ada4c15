"""Passkeys of the account: made and removed; the account's page lists them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission
from lms.people import asking, passkeys, sessions
from lms.people.forms import PasskeyForm
from lms.people.signed_in import myself
from lms.people.views import bp
from lms.web.auth_guard import confirmed, requires
from lms.web.forms import takes


@bp.route("/account/passkeys/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_ACCOUNT_USE)
@confirmed
@takes(PasskeyForm)
def passkey_new() -> ResponseReturnValue:
    """Let the device make a key for this account; the first one brings recovery codes."""
    ours = asking.party()
    if ours is None:
        raise Conflict("passkeys-need-a-name")
    form, here, now = PasskeyForm(), current_user.session_id, clock.now()
    if form.validate_on_submit():
        challenge = asking.challenge_of(asking.TO_MAKE)
        try:
            with transaction():
                me, signed = myself(), form.passkey.data or ""
                made = passkeys.add(me, form.name.data or "", signed, challenge, ours, now=now)
                sessions.strengthen(here)
                sessions.end_all(me, but=here, by=me.id, now=now)
        except (Conflict, Invalid) as refusal:
            form.apply(Invalid(refusal.code))
        else:
            asking.spend(asking.TO_MAKE)
            return _made(made)
    status = 422 if request.method == "POST" else 200
    options = passkeys.asking_to_make(myself(), asking.new_challenge(asking.TO_MAKE), ours)
    return render_template("people/passkey_new.html", form=form, options=options), status


def _made(codes: list[str]) -> ResponseReturnValue:
    if codes:
        return render_template("people/recovery_codes.html", codes=codes)
    flash(_("The passkey is kept. You can sign in with it from now on."), "ok")
    return redirect(url_for("people.account"))


@bp.post("/account/passkeys/<public_id>/remove")
@requires(Permission.PEOPLE_ACCOUNT_USE)
@confirmed
def passkey_remove(public_id: str) -> ResponseReturnValue:
    """Forget a key, for instance of a lost device."""
    must = bool(current_user.owes_second_factor)
    with transaction():
        passkeys.remove(myself(), public_id, must_keep_one=must)
    flash(_("The passkey is removed. It opens nothing any more."), "ok")
    return redirect(url_for("people.account"))
