"""Headers of every answer: what a browser may load, keep, and tell others."""

from flask import Flask, Response, request, session

from lms.web import running

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A view that answers with somebody's file sets its own sandbox policy first.
    "Content-Security-Policy": POLICY,
}
_SHARED = frozenset({"static", "fonts.font", "health.healthz"})
# An address as good as the code or token in it: it goes nowhere.
_PRIVATE_ADDRESSES = ("/v/", "/verify", "/reset", "/invitation", "/api/")
_TLS_ONLY = "max-age=31536000; includeSubDomains"
_YEAR = "public, max-age=31536000, immutable"


def _protect(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    secret = request.path.lower().startswith(_PRIVATE_ADDRESSES)
    response.headers.setdefault("Referrer-Policy", "no-referrer" if secret else "same-origin")
    if running.settings().production:
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
        )
    return _cache(response)


def _cache(response: Response) -> Response:
    if request.endpoint in _SHARED:
        # Flask-Login looks into every session; a file is no different for it, so no Vary: Cookie.
        session.accessed = session.modified
        if "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = _YEAR
    elif "_user_id" in session:
        # Asked of the cookie, not of the account: this must not touch the database.
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Put the headers on every answer."""
    app.after_request(_protect)
