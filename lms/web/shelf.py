"""Pages that all strangers see alike, kept for some seconds: a crowd is answered by one making.

When enrolment is announced, thousands look at the catalogue within minutes. Whoever is signed in,
or has something to be told, gets a page of their own, always made anew. So is what is about one
certificate; but the frame around it is the same for all, and costs more than the answer.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.web import i18n, running

View = TypeVar("View", bound=Callable[..., Any])
MOST = 256
"""Pages kept at once, about 40 kB each; the one asked for longest ago goes first."""

_HOLE = "\ue000"
"""Where title and main part stand in a frame: a character that no writing has."""

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
        if not _shared():
            return cast(ResponseReturnValue, view(*args, **kwargs))
        return _kept(request.full_path, lambda: cast(ResponseReturnValue, view(*args, **kwargs)))

    return cast(View, kept)


def in_frame(template: str, **values: object) -> str:
    """A page that is made anew, for strangers in a frame that is kept.

    The template extends ``frame``, and has no more than a title and a main part of its own.
    """
    if not _shared() or set(request.args) - {"lang"}:
        return render_template(template, frame="base.html", **values)
    page = render_template(template, frame="frames/parts.html", hole=_HOLE, **values)
    title, _, main = page.partition(_HOLE)
    empty = _kept(
        (request.endpoint, "frame"), lambda: render_template("frames/empty.html", hole=_HOLE)
    )
    before, between, after = str(empty).split(_HOLE)
    return f"{before}{title.strip()}{between}{main}{after}"


def _shared() -> bool:
    """Whether there is nothing of one visitor in the frame of the page."""
    if not running.settings().stranger_seconds:
        return False
    return "_flashes" not in session and not current_user.is_authenticated


def _kept(what: object, make: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    shelf: Shelf = running.extension("lms_shelf")
    return shelf.get((i18n.code(), what), running.settings().stranger_seconds, make)


def init_app(app: Flask) -> None:
    """Give the application a shelf."""
    app.extensions["lms_shelf"] = Shelf()
