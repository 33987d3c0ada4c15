"""Sign in, sign out, and the desk a person comes home to."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Invalid, TooMany
from lms.kernel.permissions import Permission
from lms.people import asking, device, proofs, queries, service, sessions, tries
from lms.people.forms import CodeForm, LanguageForm, SignInForm
from lms.people.models import User
from lms.people.signed_in import arriving, origin
from lms.web import panels
from lms.web.auth_guard import current_user_id, public, requires
from lms.web.forms import SIGNED, takes
from lms.web.messages import sentence

bp = Blueprint("people", __name__)
# Between the password and the code: who it is, and until when the code is taken.
_HALF = "half"
HALF_SECONDS = 300


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@takes(SignInForm)
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; a refusal does not say which was wrong."""
    if current_user.is_authenticated:
        return redirect(url_for("people.desk"))
    form = SignInForm()
    status = 422 if request.method == "POST" else 200
    headers: dict[str, str] = {}
    if form.validate_on_submit():
        try:
            return _enter(form.email.data or "", form.password.data or "")
        except Invalid as refusal:
            form.apply(refusal)
        except TooMany as refusal:
            form.form_errors.append(sentence(refusal.code, **refusal.params))
            status = 429
            headers["Retry-After"] = str(refusal.seconds)
    return render_template("people/sign_in.html", form=form), status, headers


def _enter(email: str, password: str) -> ResponseReturnValue:
    targets, now = device.targets(email), clock.now()
    with transaction():
        tries.count(targets, now=now)
    try:
        user = service.authenticate(email, password)
    except Invalid:
        with transaction():
            service.record_refusal(email)
        raise
    with transaction():
        tries.forgive(targets)
        asked = proofs.ways_of(user.id).second
        secret = None if asked else sessions.begin(user, origin(), now=now)[1]
        user_id = user.id
    person = None if secret is None else arriving(secret)
    _begin_cookie(user_id)
    target = safe_next(request.args.get("next"))
    if person is None:
        session[_HALF] = [user_id, int(now.timestamp()) + HALF_SECONDS]
        return redirect(url_for("people.sign_in_code", next=target))
    login_user(person)
    answer = redirect(target or url_for("people.desk"))
    device.remember(answer, email)
    return answer


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
@takes(CodeForm)
def sign_in_code() -> ResponseReturnValue:
    """Ask for the second factor of somebody who knew the password a moment ago."""
    user_id, until = session.get(_HALF) or (0, 0)
    user = queries.user_by_id(user_id) if clock.now().timestamp() < until else None
    if user is None:
        flash(_("Please sign in to continue."), "info")
        return redirect(url_for("people.sign_in"))
    form, email = CodeForm(), user.email
    signed = bool(request.form.get(SIGNED))
    if form.is_submitted() and (signed or form.validate()):
        try:
            return _enter_by_proof(user_id, email)
        except Invalid as refusal:
            form.apply(refusal)
    status = 422 if request.method == "POST" else 200
    return render_template(
        "people/sign_in_code.html",
        form=form,
        ways=proofs.ways_of(user_id),
        options=asking.asking_to_show(user_id),
    ), status


def _enter_by_proof(user_id: int, email: str) -> ResponseReturnValue:
    answer_given = asking.answer_of("code")
    now, targets = clock.now(), device.code_targets(user_id, email)
    with transaction():
        tries.count(targets, now=now)
    with transaction():
        proofs.check_second(user_id, answer_given, asking.house(), now=now)
        tries.forgive(targets)
        user = db.session.get_one(User, user_id)
        _began, secret = sessions.begin(user, origin(), now=now, strong=True)
    person = arriving(secret)
    session.pop(_HALF, None)
    asking.spend(asking.TO_SHOW)
    login_user(person)
    answer = redirect(safe_next(request.args.get("next")) or url_for("people.desk"))
    device.remember(answer, email)
    return answer


def _begin_cookie(user_id: int) -> None:
    # Nothing of a stranger's survives a sign-in. The token of open forms does for the person who
    # was signed in here before: a form that outlived the session can then still be sent.
    before, token = session.get("_user_id"), session.get("csrf_token")
    session.clear()
    if before and token and sessions.owner_of(before) == user_id:
        session["csrf_token"] = token


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session."""
    if current_user.is_authenticated:
        with transaction():
            sessions.end_own(current_user.session_id, of=current_user.id, now=clock.now())
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
@takes(LanguageForm)
def language() -> ResponseReturnValue:
    """Remember the language for the next visit."""
    form = LanguageForm()
    form.insist()
    with transaction():
        service.set_locale(current_user_id(), form.language.data)
    return redirect(url_for("people.desk", lang=form.language.data))


def safe_next(target: str | None) -> str | None:
    """The target when it is a path on this server, else None."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    if any(ord(c) < 33 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None
