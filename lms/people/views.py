"""Sign in, sign out, and the desk a person comes home to."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from lms.db import transaction
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Permission
from lms.people import queries, service
from lms.people.forms import SignInForm
from lms.people.session import SessionUser
from lms.web import panels
from lms.web.auth_guard import current_user_id, public, requires

bp = Blueprint("people", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; a refusal does not say which was wrong."""
    if current_user.is_authenticated:
        return redirect(url_for("people.desk"))
    form = SignInForm()
    if form.validate_on_submit():
        try:
            user = service.authenticate(form.email.data or "", form.password.data or "")
            with transaction():
                service.record_sign_in(user)
                signed_in = SessionUser(user)
        except Invalid as refusal:
            form.apply(refusal)
        else:
            session.clear()
            login_user(signed_in)
            return redirect(safe_next(request.args.get("next")) or url_for("people.desk"))
    status = 422 if request.method == "POST" else 200
    return render_template("people/sign_in.html", form=form), status


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session."""
    logout_user()
    session.clear()
    flash(_("You are signed out."), "info")
    return redirect(url_for("catalogue.courses"))


@bp.get("/desk")
@requires(Permission.PEOPLE_ACCOUNT_USE)
def desk() -> ResponseReturnValue:
    """What waits for the person; each feature adds its panel."""
    user = queries.user_by_id(current_user_id())
    body = panels.render("people.desk", user=user)
    return render_template("people/desk.html", user=user, body=body)


@bp.post("/language")
@requires(Permission.PEOPLE_ACCOUNT_USE)
def language() -> ResponseReturnValue:
    """Remember the language for the next visit."""
    with transaction():
        service.set_locale(current_user_id(), request.form.get("language", ""))
    return redirect(url_for("people.desk", lang=request.form.get("language")))


def safe_next(target: str | None) -> str | None:
    """The target when it is a path on this server, else None."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    if any(ord(c) < 33 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None
