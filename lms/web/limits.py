"""How often the same visitor may do the same thing, by what it means.

Floods are for the proxy in front; these limits are against what each single request allows: to
look for codes that exist, to keep the processor busy, to fill the disk. Sign-in counts its own
tries (``lms.people.tries``).
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_login import current_user

from lms.web import running, visitor

View = TypeVar("View", bound=Callable[..., Any])


def _person() -> str:
    if current_user.is_authenticated:
        return f"user {current_user.id}"
    return visitor.network()


def _missed(response: Response) -> bool:
    return response.status_code == 404


# When the storage of the counts is down, each process counts for itself: pages stay open.
limiter = Limiter(
    key_func=visitor.network,
    strategy="fixed-window",
    headers_enabled=True,
    in_memory_fallback_enabled=True,
)


@limiter.request_filter
def _unlimited() -> bool:
    return not running.settings().rate_limits


def look_ups(view: View) -> View:
    """Checks of certificates by code; misses are what searching for codes looks like."""
    counted = limiter.shared_limit("60/minute;600/hour", scope="look-ups")(view)
    return limiter.shared_limit("20/10 minutes", scope="misses", deduct_when=_missed)(counted)  # type: ignore[return-value]


def file_checks(view: View) -> View:
    """Checks of uploaded certificates: each keeps a process busy."""
    return limiter.shared_limit("30/10 minutes", scope="file-checks", methods=["POST"])(view)  # type: ignore[return-value]


def uploads(view: View) -> View:
    """Files that are kept."""
    kept = limiter.shared_limit("30/30 minutes", "uploads", key_func=_person, methods=["POST"])
    return kept(view)  # type: ignore[return-value]


def enrolments(view: View) -> View:
    """Seats asked for and given up."""
    asked = limiter.shared_limit("30/minute", "enrolments", key_func=_person, methods=["POST"])
    return asked(view)  # type: ignore[return-value]


def searches(view: View) -> View:
    """People looked for by a number of which there are not so many."""
    asked = limiter.shared_limit("30/10 minutes", "searches", key_func=_person, methods=["POST"])
    return asked(view)  # type: ignore[return-value]


def invitations(view: View) -> View:
    """Mails to addresses that somebody types; a file of them counts once."""
    sent = limiter.shared_limit("30/10 minutes", "invitations", key_func=_person, methods=["POST"])
    return sent(view)  # type: ignore[return-value]


def _program() -> str:
    # By the token, right or wrong, and not by what it claims to be: nobody uses up another's.
    shown = request.headers.get("Authorization", "")
    return f"program {hashlib.sha256(shown.encode()).hexdigest()}" if shown else visitor.network()


def _not_known(response: Response) -> bool:
    return response.status_code == 401


def programs(view: View) -> View:
    """Requests with a token; those without a good one are counted by where they come from."""
    counted = limiter.shared_limit("60/minute", "programs", key_func=_program)(view)
    return limiter.shared_limit("30/10 minutes", scope="no-token", deduct_when=_not_known)(counted)  # type: ignore[return-value]


def init_app(app: Flask) -> None:
    """Count where the settings say."""
    with app.app_context():
        app.config["RATELIMIT_STORAGE_URI"] = running.settings().limits_storage
    limiter.init_app(app)
