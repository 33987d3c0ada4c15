"""Whether an unsafe request was sent by a page of ours: browsers say so, and pages cannot forge it.

The token against forgery stands beside this; a program or an old browser that says nothing of where
it comes from is judged by the token alone.
"""

from urllib.parse import urlsplit

from flask import Flask, request

from lms.kernel.errors import Forbidden
from lms.web import running
from lms.web.forms import SAFE_METHODS

EXEMPT: dict[str, str] = {}
"""Endpoints that other sites may send to, each with the reason; none does so yet."""

_OURS = frozenset({"same-origin", "none"})
# A page that keeps its address to itself (no-referrer) keeps its origin too.
_UNSAID = frozenset({"", "null"})


def _refuse_foreign() -> None:
    if request.method in SAFE_METHODS or request.endpoint in EXEMPT:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "")
    if site is not None and site not in _OURS:
        raise Forbidden("foreign-origin")
    if origin not in _UNSAID and _place(origin) not in _own_places():
        raise Forbidden("foreign-origin")


def _own_places() -> set[tuple[str, str]]:
    # The name people know, and the one this request came to: behind a proxy they may differ.
    return {_place(request.host_url), _place(running.settings().base_url)}


def _place(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()


def init_app(app: Flask) -> None:
    """Refuse what a page of another site sends here, before anything looks at it."""
    app.before_request(_refuse_foreign)
