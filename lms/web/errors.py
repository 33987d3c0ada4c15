"""Whatever goes wrong becomes a page that helps, or a problem document for programs."""

import json
import logging
import secrets
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from lms import resting
from lms.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unidentified,
)
from lms.web.messages import sentence

log = logging.getLogger("lms")
_STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Unidentified: 401,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
}


@dataclass(frozen=True)
class Explanation:
    """What a page says of a status: what happened, what was kept, what to do next."""

    heading: object
    happened: object
    kept: object
    next_step: object


_NOTHING_LOST = _l("Nothing you had saved is lost.")
_NOT_DONE = _l("What you asked for was not done. Everything saved before is kept.")
_START = _l("Go back to the page you came from, or start from the catalogue.")
_AGAIN = _l("Go back, reload the page and try again.")

_EXPLANATIONS = {
    400: Explanation(
        _l("The request could not be understood"),
        _l("The browser sent something this page does not understand."),
        _NOT_DONE,
        _AGAIN,
    ),
    401: Explanation(
        _l("Your session has ended"),
        _l("You were signed out: nothing was sent for a while, or the session was ended."),
        _l("What you typed is kept by your browser as long as this page stays open."),
        _l(
            "Sign in in another tab, then come back here and reload this page:"
            " the browser offers to send the form again."
        ),
    ),
    403: Explanation(
        _l("You may not open this"),
        _l("Your role does not allow this."),
        _NOTHING_LOST,
        _l("If it belongs to your work, ask your coordinator to extend your role."),
    ),
    404: Explanation(
        _l("Page not found"),
        _l("There is nothing at this address, or you may not see it."),
        _NOTHING_LOST,
        _l("Check the address, sign in if you have not, or start from the catalogue."),
    ),
    405: Explanation(
        _l("This page cannot be used that way"),
        _l("The address exists but expects to be opened from a form or a link."),
        _NOT_DONE,
        _START,
    ),
    409: Explanation(
        _l("Something has changed in the meantime"),
        _l("The record is no longer as it was when you opened the page."),
        _NOT_DONE,
        _l("Go back, reload the page and look at the record as it is now."),
    ),
    413: Explanation(
        _l("The file is too large"),
        _l("More was sent than this page takes."),
        _NOT_DONE,
        _l("Go back and choose a smaller file."),
    ),
    422: Explanation(
        _l("Some answers cannot be accepted"),
        _l("What was sent is not complete or does not fit together."),
        _NOT_DONE,
        _l("Go back and correct what the message names."),
    ),
    429: Explanation(
        _l("Too many tries"),
        _l("There were too many requests from here in a short time."),
        _NOT_DONE,
        _l("Wait a few minutes, then try again."),
    ),
    500: Explanation(
        _l("Something went wrong on our side"),
        _l("The server met an error it did not expect. It is recorded."),
        _NOT_DONE,
        _l("Try again in a moment. If it happens again, tell us the number below."),
    ),
    503: Explanation(
        _l("The service is resting"),
        _l("The server is busy or being looked after."),
        _NOT_DONE,
        _l("Try again in a few minutes."),
    ),
}
_RESTING, _UNKNOWN = "database-resting", "outcome-unknown"
_OF_CODES = {
    "token-not-known": Explanation(
        _l("A token is needed"),
        _l("Programs show a token of their organisation in the header Authorization."),
        _NOT_DONE,
        _l("Make a token on the page of your organisation, or look whether this one has ended."),
    ),
    _UNKNOWN: Explanation(
        _l("We cannot say whether it was done"),
        _l("The connection to the database broke at the last moment."),
        _l("Everything saved before is kept. What you asked for may be done or not."),
        _l("Look at the record as it is now before you send the form again."),
    ),
}
RETRY_SECONDS = 5
# Headers of an answer that a client needs to do better next time.
_USEFUL = frozenset({"allow", "retry-after", "www-authenticate"})
_LAST_RESORT = "Something went wrong. Please try again in a moment. Request {id}.\n"


def _number_request() -> None:
    g.request_id = secrets.token_hex(8)


def _tell_number(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def prefers_json() -> bool:
    """Whether a program asked: an address of the API, or JSON preferred to HTML."""
    if request.path.startswith("/api/"):
        return True
    return _prefer_json(request.headers.get("Accept", ""))


@lru_cache(maxsize=256)
def _prefer_json(accept: str) -> bool:
    accepted = parse_accept_header(accept, MIMEAccept)
    best = accepted.best_match(["text/html", "application/problem+json", "application/json"])
    return best not in {None, "text/html"}


def explanation(status: int, code: str = "") -> Explanation:
    """The explanation of a code or a status, or of its family when it has none of its own."""
    if code in _OF_CODES:
        return _OF_CODES[code]
    return _EXPLANATIONS.get(status) or _EXPLANATIONS[500 if status >= 500 else 400]


def answer(status: int, code: str, happened: str, faults: dict[str, str] | None = None) -> Response:
    """The page or the problem document of an error."""
    if prefers_json():
        return _problem(status, code, happened, faults or {})
    page = render_template(
        "errors/error.html",
        status=status,
        explanation=explanation(status, code),
        happened=happened,
        faults=[sentence(fault) for fault in (faults or {}).values()],
        request_id=g.get("request_id", ""),
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


def _look_nobody_up(status: int) -> None:
    # Not even to learn the language: the lookup of the visitor may be what fails.
    if status >= 500 and "_login_user" not in g:
        g._login_user = AnonymousUserMixin()  # noqa: SLF001  # where Flask-Login keeps it


def _problem(status: int, code: str, detail: str, faults: dict[str, str]) -> Response:
    said = explanation(status, code)
    body: dict[str, object] = {
        "type": "about:blank",
        "title": str(said.heading),
        "status": status,
        "detail": detail,
        "kept": str(said.kept),
        "next": str(said.next_step),
        "instance": g.get("request_id", ""),
        "code": code,
    }
    if faults:
        body["errors"] = [
            {"pointer": f"/{name}", "code": fault, "detail": sentence(fault)}
            for name, fault in faults.items()
        ]
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, content_type="application/problem+json")


def _domain(error: DomainError) -> ResponseReturnValue:
    status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 400)
    faults = error.fields if isinstance(error, Invalid) else None
    happened = " ".join(sentence(code, **error.params) for code in error.codes)
    made = answer(status, error.code, happened, faults)
    if isinstance(error, TooMany):
        made.headers["Retry-After"] = str(error.seconds)
    if isinstance(error, Unidentified):
        made.headers["WWW-Authenticate"] = "Bearer"
    return made


def _resting(code: str) -> Response:
    _look_nobody_up(503)
    made = answer(503, code, str(explanation(503, code).happened))
    made.headers["Retry-After"] = str(RETRY_SECONDS)
    return made


def _of_database(error: Exception) -> ResponseReturnValue:
    if isinstance(error, SQLAlchemyError) and not resting.is_resting(error):
        raise error
    # In one line: an outage is known by how many there are, not by where each was.
    kind = type(getattr(error, "orig", None) or error).__name__
    log.error("Request %s: the database rests (%s)", g.get("request_id"), kind)
    return _resting(_UNKNOWN if isinstance(error, resting.OutcomeUnknown) else _RESTING)


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return answer(400, "csrf", sentence("csrf"))


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    _look_nobody_up(status)
    made = answer(status, f"http-{status}", str(explanation(status).happened))
    for name, value in error.get_headers(request.environ):
        if name.lower() in _USEFUL:
            made.headers[name] = value
    return made


def _refuse_nul() -> None:
    # No text of ours holds a NUL, and PostgreSQL cannot even be asked for one.
    if "\x00" in request.path:
        abort(404)
    given = (*request.args.values(), *request.form.values())
    if any("\x00" in value for value in given):
        abort(400)


def init_app(app: Flask) -> None:
    """Number every request and answer every error."""

    def http(error: HTTPException) -> ResponseReturnValue:
        # Flask hands over an uncaught exception as a 500, after logging where it came from.
        if (error.code or 500) < 500:
            return _http(error)
        original = getattr(error, "original_exception", None)
        if isinstance(original, SQLAlchemyError) and resting.is_resting(original):
            return _resting(_RESTING)  # it rested only when the page of another error was made
        app.logger.error("Request %s was answered with %s", g.get("request_id"), error.code)
        try:
            return _http(error)
        except Exception:
            app.logger.exception("Request %s: the error page failed too", g.get("request_id"))
            text = _LAST_RESORT.format(id=g.get("request_id", ""))
            return Response(text, error.code or 500, content_type="text/plain; charset=utf-8")

    app.jinja_env.globals["sentence"] = sentence
    app.before_request(_number_request)
    app.before_request(_refuse_nul)
    app.after_request(_tell_number)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(SQLAlchemyError, _of_database)
    app.register_error_handler(resting.OutcomeUnknown, _of_database)
    app.register_error_handler(HTTPException, http)
