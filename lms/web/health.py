"""A sign of life for load balancers; it asks nothing of the database."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.web.auth_guard import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer ok while the process answers at all."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
