"""Languages: which one a request speaks, and how a page says so."""

from collections.abc import Mapping
from functools import cache, lru_cache
from urllib.parse import urlencode

from babel import Locale
from flask import Flask, Response, g, has_app_context, has_request_context, request
from flask_babel import Babel, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from lms.kernel.text import in_language
from lms.paths import TRANSLATIONS
from lms.web import running
from lms.web.auth_guard import whoever

LANGUAGES = [("ms", "Bahasa Melayu"), ("id", "Bahasa Indonesia"), ("en", "English")]
CODES = tuple(code for code, _ in LANGUAGES)
DEFAULT = "ms"
ZONE = "Asia/Kuala_Lumpur"

_COOKIE = "lang"
_COOKIE_AGE = 365 * 24 * 3600
# Files say the same in every language: no negotiation, so that caches may share them.
_NEUTRAL = frozenset({"static", "fonts.font", "health.healthz"})


def select_locale() -> str:
    """The language asked for, else remembered here, else of the account, else of the browser."""
    if not has_request_context():
        return "en"  # the command line; what is sent to people names their language itself
    for choice in (request.args.get("lang"), request.cookies.get(_COOKIE)):
        if choice in CODES:
            return choice
    if request.endpoint not in _NEUTRAL:
        kept = getattr(whoever(), "locale", None)
        if kept in CODES:
            return str(kept)
    return _of_browser(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=1000)
def _of_browser(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(CODES) or DEFAULT


@cache
def _parsed(language: str) -> Locale:
    return Locale.parse(language)


def _selected() -> Locale:
    return _parsed(select_locale())


def code() -> str:
    """The language of the page being made."""
    # Asked for each word and day of a page: looked for first where Flask-Babel keeps it.
    kept = g.get("_flask_babel") if has_app_context() else None
    locale = getattr(kept, "babel_locale", None) or get_locale()
    return str(locale.language) if locale is not None else DEFAULT


def spoken() -> str:
    """The language in which words come out, to keep them by; empty where they stay as written."""
    return code() if has_app_context() else ""


def local(texts: Mapping[str, str]) -> str:
    """The text in the reader's language, else in English, else in Malay, else in any."""
    return in_language(texts, code())


def language_url(wanted: str) -> str:
    """The page being read, in another language; only a query, so that it never leaves the page."""
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return "?" + urlencode([*pairs, ("lang", wanted)])


def _answer_language(response: Response) -> Response:
    if request.endpoint in _NEUTRAL:
        return response
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", code())
    response.vary.update(("Accept-Language", "Cookie"))
    chosen = request.args.get("lang")
    if chosen in CODES and request.cookies.get(_COOKIE) != chosen:
        response.set_cookie(
            _COOKIE,
            chosen,
            max_age=_COOKIE_AGE,
            secure=running.settings().production,
            httponly=True,
            samesite="Lax",
        )
    return response


def _words() -> dict[str, object]:
    return {
        "locale": code(),
        "LANGUAGES": LANGUAGES,
        "language_url": language_url,
        "institute_name": running.settings().institute_name,
    }


def init_app(app: Flask) -> None:
    """Let Flask-Babel speak for this application."""
    Babel(
        app,
        default_locale=DEFAULT,
        default_timezone=ZONE,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=_selected,
    )
    app.context_processor(_words)
    app.after_request(_answer_language)
