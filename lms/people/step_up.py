"""Before deeds that touch other people's rights or secrets: prove again who you are.

What was sent is carried through the question, so that nothing entered is lost.
"""

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Invalid, TooMany
from lms.kernel.permissions import Permission, allowed
from lms.people import asking, proofs, sessions, tries
from lms.people.forms import ConfirmByCode, ConfirmByPassword
from lms.people.rules import TriedOn
from lms.people.signed_in import myself, replace_secret
from lms.web.auth_guard import current_actor, request_view
from lms.web.forms import CONFIRMATION, SIGNED
from lms.web.messages import sentence

_OURS = frozenset({"csrf_token", CONFIRMATION, SIGNED})


def _ask_first() -> ResponseReturnValue | None:
    view = request_view()
    if request.method == "GET" or not getattr(view, "confirmed", False) or not _is_due(view):
        return None
    if CONFIRMATION not in request.form:
        return _question(), 401
    try:
        _take_answer()
    except Invalid as refusal:
        code = next(iter(refusal.fields.values()), refusal.code)
        return _question(sentence(code)), 422
    except TooMany as refusal:
        return _question(sentence(refusal.code, **refusal.params)), 429
    return None


def _is_due(view: object) -> bool:
    if not current_user.is_authenticated or current_user.confirmed_lately:
        return False
    # Who may not do it at all is told so by the view.
    return allowed(current_actor(), Permission(view.access))  # type: ignore[attr-defined]


def _take_answer() -> None:
    me, now, here = myself(), clock.now(), current_user.session_id
    # For this session alone: who took it over by stealth delays nobody else.
    targets = {TriedOn.SECOND_FACTOR: f"{me.id} in session {here}"}
    answer = asking.answer_of(CONFIRMATION)
    with transaction():
        tries.count(targets, now=now)
    with transaction():
        me = myself()
        strong = proofs.check(me, answer, asking.house(), now=now)
        tries.forgive(targets)
        secret = sessions.confirm(here, me, strong=strong, now=now)
    asking.spend(asking.TO_SHOW)
    if secret is not None:
        replace_secret(secret)
        current_user.confirmed_at = now


def _question(fault: str | None = None) -> str:
    me = myself()
    ways = proofs.ways_of(me.id)
    form = ConfirmByCode(formdata=None) if ways.second else ConfirmByPassword(formdata=None)
    if fault is not None:
        form.confirmation.errors = [fault]
    carried = [(k, v) for k, v in request.form.items(multi=True) if k not in _OURS]
    return render_template(
        "people/confirm.html",
        form=form,
        by_code=ways.second,
        email=me.email,
        options=asking.asking_to_show(me.id),
        carried=carried,
        target=request.full_path.rstrip("?"),
    )


def init_app(app: Flask) -> None:
    """Stand before every marked view."""
    app.before_request(_ask_first)
