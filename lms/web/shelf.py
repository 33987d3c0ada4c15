"""Pages that all strangers see alike, kept for some seconds: a crowd is answered by one making.

When enrolment is announced, thousands look at the catalogue within minutes. Whoever is signed in,
or has something to be told, gets a page of their own, always made anew.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.web import i18n, running

View = TypeVar("View", bound=Callable[..., Any])
MOST = 256
"""Pages kept at once, about 40 kB each; the one asked for longest ago goes first."""

PATIENCE = 1.0
"""Seconds that a request waits for another one that makes the same page."""


@dataclass
class Kept:
    """A page, when it was made, and the door behind which one request makes it for all."""

    page: str | None = None
    made: float = 0.0
    door: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Shelf:
    """The kept pages of one process."""

    pages: OrderedDict[object, Kept] = field(default_factory=OrderedDict)
    door: threading.Lock = field(default_factory=threading.Lock)

    def get(
        self, key: object, seconds: float, make: Callable[[], ResponseReturnValue]
    ) -> ResponseReturnValue:
        """The page of this key, not older than so many seconds; only plain pages are kept."""
        kept = self._place(key)
        if not kept.door.acquire(timeout=PATIENCE):
            return make()  # whoever makes it is stuck: do not queue up behind
        try:
            now = time.monotonic()
            if kept.page is not None and now - kept.made < seconds:
                return kept.page
            answer = make()
            if isinstance(answer, str):
                kept.page, kept.made = answer, now
            return answer
        finally:
            kept.door.release()

    def _place(self, key: object) -> Kept:
        with self.door:
            kept = self.pages.setdefault(key, Kept())
            self.pages.move_to_end(key)
            while len(self.pages) > MOST:
                self.pages.popitem(last=False)
            return kept


def for_strangers(view: View) -> View:
    """Keep what this view shows to people who are not signed in."""

    @wraps(view)
    def kept(*args: Any, **kwargs: Any) -> ResponseReturnValue:  # noqa: ANN401
        seconds = running.settings().stranger_seconds
        if not seconds or current_user.is_authenticated or "_flashes" in session:
            return cast(ResponseReturnValue, view(*args, **kwargs))
        shelf: Shelf = running.extension("lms_shelf")
        key = (i18n.code(), request.full_path)
        return shelf.get(key, seconds, lambda: cast(ResponseReturnValue, view(*args, **kwargs)))

    return cast(View, kept)


def init_app(app: Flask) -> None:
    """Give the application a shelf."""
    app.extensions["lms_shelf"] = Shelf()
