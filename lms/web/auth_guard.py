"""Default deny: a view without ``@public``, ``@requires`` or ``@by_token`` answers nobody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.kernel.errors import Forbidden
from lms.kernel.permissions import NOBODY, Actor, Permission, allowed

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def by_token(view: View) -> View:
    """Mark a view for programs: it asks for a token itself and looks at no cookie."""
    view.access = "token"  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Let a view run only for actors who hold the permission on some object.

    Which object is checked by the view's loader (``access_*``); this is the outer door.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            actor = current_actor()
            if actor is NOBODY:
                return _to_sign_in()
            if not allowed(actor, permission):
                raise Forbidden
            return view(*args, **kwargs)

        guarded.access = str(permission)  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def confirmed(view: View) -> View:
    """Mark a view whose deeds ask the person to prove again who they are, unless just done."""
    view.confirmed = True  # type: ignore[attr-defined]
    return view


def current_actor() -> Actor:
    """The actor of this request; nobody when not signed in."""
    person = whoever()
    return cast(Actor, person.actor) if person.is_authenticated else NOBODY


def whoever() -> Any:  # noqa: ANN401  # what a feature made for Flask-Login, or its nobody
    """Who comes: themselves, for at each attribute their stand-in would look them up again."""
    return current_user._get_current_object()  # noqa: SLF001  # there is no other way


def current_user_id() -> int:
    """The id of the signed-in user; only behind ``@requires``."""
    user_id = current_actor().user_id
    if user_id is None:
        raise Forbidden
    return user_id


def _to_sign_in() -> ResponseReturnValue:
    if "_user_id" in session:  # of a session that has ended
        if request.method != "GET":
            abort(401)  # the page says how the form can still be sent
        flash(_("Your session has ended. Sign in to go on where you were."), "info")
    else:
        flash(_("Please sign in to continue."), "info")
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=target))


def _deny_undeclared() -> None:
    if request.endpoint is None or request.endpoint == "static":
        return
    view = request_view()
    if getattr(view, "access", None) is None:
        abort(403)


def request_view() -> Callable[..., Any] | None:
    """The view function that answers this request."""
    from flask import current_app  # noqa: TID251  # the guard belongs to lms.web

    return current_app.view_functions.get(request.endpoint or "")


def init_app(app: Flask) -> None:
    """Refuse every request to a view that declares no access."""
    app.before_request(_deny_undeclared)
