"""How often the same visitor may do the same thing, by what it means.

Floods are for the proxy in front; these limits are against what each single request allows: to
look for codes that exist, to keep the processor busy, to fill the disk. Sign-in counts its own
tries (``lms.people.tries``).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from math import ceil
from typing import Any, TypeVar, cast

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

from lms.web import running, visitor
from lms.web.auth_guard import current_actor
from lms.web.counts import Count, Counts, kept_at

View = TypeVar("View", bound=Callable[..., Any])
Who = Callable[[], str]


@dataclass(frozen=True)
class Limit:
    """So often in so many seconds, for each who is counted under this name."""

    name: str
    most: int
    seconds: int

    def key(self, who: str) -> str:
        """Under which it is counted."""
        return f"{self.name}/{self.seconds}/{who}"


@dataclass(frozen=True)
class Failures:
    """Only answers of this status count, of those who are counted by their address."""

    limit: Limit
    status: int


LOOK_UPS = (Limit("look-ups", 60, 60), Limit("look-ups", 600, 3600))
MISSES = Failures(Limit("misses", 20, 600), 404)
FILE_CHECKS = Limit("file-checks", 30, 600)
UPLOADS = Limit("uploads", 30, 1800)
ENROLMENTS = Limit("enrolments", 30, 60)
SEARCHES = Limit("searches", 30, 600)
INVITATIONS = Limit("invitations", 30, 600)
PROGRAMS = Limit("programs", 60, 60)
NO_TOKEN = Failures(Limit("no-token", 30, 600), 401)


def _person() -> str:
    user_id = current_actor().user_id
    return visitor.network() if user_id is None else f"user {user_id}"


def _program() -> str:
    # By the token, right or wrong, and not by what it claims to be: nobody uses up another's.
    shown = request.headers.get("Authorization", "")
    return f"program {hashlib.sha256(shown.encode()).hexdigest()}" if shown else visitor.network()


def look_ups(view: View) -> View:
    """Checks of certificates by code; misses are what searching for codes looks like."""
    return _limited(view, visitor.network, LOOK_UPS, MISSES)


def file_checks(view: View) -> View:
    """Checks of uploaded certificates: each keeps a process busy."""
    return _sending(view, visitor.network, FILE_CHECKS)


def uploads(view: View) -> View:
    """Files that are kept."""
    return _sending(view, _person, UPLOADS)


def enrolments(view: View) -> View:
    """Seats asked for and given up."""
    return _sending(view, _person, ENROLMENTS)


def searches(view: View) -> View:
    """People looked for by a number of which there are not so many."""
    return _sending(view, _person, SEARCHES)


def invitations(view: View) -> View:
    """Mails to addresses that somebody types; a file of them counts once."""
    return _sending(view, _person, INVITATIONS)


def programs(view: View) -> View:
    """Requests with a token; those without a good one are counted by where they come from."""
    return _limited(view, _program, (PROGRAMS,), NO_TOKEN)


def _sending(view: View, who: Who, limit: Limit) -> View:
    """A limit on forms that are sent; to look at them is free."""

    @wraps(view)
    def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if request.method == "POST" and running.settings().rate_limits:
            _count(limit, who())
        return view(*args, **kwargs)

    return cast(View, counted)


def _limited(view: View, who: Who, limits: tuple[Limit, ...], failures: Failures) -> View:
    """Limits on every request, and one on those that fail, known only by their answer."""

    @wraps(view)
    def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if running.settings().rate_limits:
            network = visitor.network()
            whose = network if who is visitor.network else who()
            for limit in limits:
                _count(limit, whose)
            key = failures.limit.key(network)
            _refuse(_counts().get(key), failures.limit.most - 1)
            g.when_failed = failures, key
        return view(*args, **kwargs)

    return cast(View, counted)


def _count(limit: Limit, who: str) -> None:
    _refuse(_counts().add(limit.key(who), limit.seconds), limit.most)


def _refuse(count: Count, most: int) -> None:
    if count.number > most:
        raise TooManyRequests(retry_after=max(1, ceil(count.seconds_left)))


def _count_failure(response: Response) -> Response:
    if "when_failed" in g:
        failures, key = g.when_failed
        if response.status_code == failures.status:
            _counts().add(key, failures.limit.seconds)
    return response


def _counts() -> Counts:
    found: Counts = running.extension("lms_counts")
    return found


def init_app(app: Flask) -> None:
    """Count where the settings say."""
    with app.app_context():
        app.extensions["lms_counts"] = kept_at(running.settings().limits_storage)
    app.after_request(_count_failure)
