"""Whether this server lives and whether it can work, for load balancers and people on call."""

from collections.abc import Callable

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

from lms.web.auth_guard import public

blueprint = Blueprint("health", __name__)

Check = Callable[[], str | None]
"""Asked at each request, so quick: what is wrong in words, or None."""

_CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Let a part of the program say whether it can work."""

    def register(function: Check) -> Check:
        _CHECKS[name] = function
        return function

    return register


def troubles() -> dict[str, str | None]:
    """What each part says; one that fails says so."""
    found: dict[str, str | None] = {}
    for name, function in _CHECKS.items():
        try:
            found[name] = function()
        except Exception as error:  # noqa: BLE001  # whatever it is, the part cannot work
            found[name] = f"cannot be asked ({type(error).__name__})"
    return found


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer ok while the process answers at all; asks nothing of the database."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Answer 200 when every part can work, 503 when one cannot; only yes and no leave the house."""
    found = troubles()
    ready = not any(found.values())
    answer = jsonify(ready=ready, checks={name: wrong is None for name, wrong in found.items()})
    answer.headers["Cache-Control"] = "no-store"
    if not ready:
        answer.headers["Retry-After"] = "5"
    return answer, 200 if ready else 503


def init_app(app: Flask) -> None:
    """Answer at both addresses."""
    app.register_blueprint(blueprint)
