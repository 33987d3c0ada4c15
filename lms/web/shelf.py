"""Pages that all strangers see alike, kept for some seconds: a crowd is answered by one making.

When enrolment is announced, thousands look at the catalogue within minutes. Whoever is signed in,
or has something to be told, gets a frame of their own, always made anew; the list in it is the same
for all, and so is what it is made of. But who has just changed a course looks whether it is there:
for them all is made anew. What is about one certificate is always made anew; but the frame around
it is the same for all strangers, and costs more than the answer.
"""

import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.kernel import clock
from lms.web import i18n, running

View = TypeVar("View", bound=Callable[..., Any])
Made = TypeVar("Made")
MOST = 256
"""Pages kept at once, about 40 kB each; the one asked for longest ago goes first."""

_HOLE = "\ue000"
"""Where title and main part stand in a frame: a character that no writing has."""

_CHANGED = "changed"
"""Where a session says in which second, rounded up, it changed something that is kept."""
_READING = {"GET", "HEAD", "OPTIONS"}

PATIENCE = 1.0
"""Seconds that a request waits for another one that makes the same page."""


@dataclass
class Kept:
    """A page or value, when it was made, and the door behind which one request makes it for all."""

    what: Any = None
    made: float = -math.inf
    door: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Shelf:
    """The kept pages of one process."""

    pages: OrderedDict[object, Kept] = field(default_factory=OrderedDict)
    door: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: object, seconds: float, make: Callable[[], Made], kind: type = str) -> Made:
        """What has this key, not older than so many seconds; only what is of the kind is kept."""
        kept = self._place(key)
        if not kept.door.acquire(timeout=PATIENCE):
            return make()  # whoever makes it is stuck: do not queue up behind
        try:
            now = time.monotonic()
            if now - kept.made < seconds:
                return cast(Made, kept.what)
            made = make()
            if isinstance(made, kind):
                kept.what, kept.made = made, now
            return made
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


def main_for_all(template: str, values: Callable[[], dict[str, object]], *, kind: str) -> str:
    """A page whose main part is kept, in a frame of whoever asks.

    For a template as of ``in_frame`` that says nothing of who reads it, but by the address and by
    the ``kind`` of reader. What is shown there is made by ``values`` when it is needed.
    """
    if _shared() or not _seconds():
        return render_template(template, frame="base.html", **values())
    page = _kept(
        (request.full_path, "main", kind),
        lambda: render_template(template, frame="frames/parts.html", hole=_HOLE, **values()),
    )
    hole = secrets.token_hex(16)  # nobody's name in the frame can be this
    return _filled(render_template("frames/empty.html", hole=hole), hole, str(page))


def value_for_all(name: str, make: Callable[[], Made]) -> Made:
    """A value that is nobody's own and that many pages need."""
    seconds = _seconds()
    if not seconds:
        return make()
    shelf: Shelf = running.extension("lms_shelf")
    return shelf.get((name, "value"), seconds, make, kind=object)


def in_frame(template: str, **values: object) -> str:
    """A page that is made anew, for strangers in a frame that is kept.

    The template extends ``frame``, and has no more than a title and a main part of its own.
    """
    if not _shared() or set(request.args) - {"lang"}:
        return render_template(template, frame="base.html", **values)
    page = render_template(template, frame="frames/parts.html", hole=_HOLE, **values)
    empty = _kept(
        (request.endpoint, "frame"), lambda: render_template("frames/empty.html", hole=_HOLE)
    )
    return _filled(str(empty), _HOLE, page)


def _filled(frame: str, hole: str, page: str) -> str:
    title, _, main = page.partition(_HOLE)
    before, between, after = frame.split(hole)
    return f"{before}{title.strip()}{between}{main}{after}"


def _seconds() -> int:
    """How long what is made now may be kept, and shown to whoever asks; 0 for not at all."""
    seconds = running.settings().stranger_seconds
    changed: int = session.get(_CHANGED, 0)
    return 0 if clock.now().timestamp() < changed + seconds else seconds


def note_change(answer: Response) -> Response:
    """After requests to a blueprint that may change what is kept: show it to who changed it.

    Not after all requests: a seat that is asked for would have to sign its cookie.
    """
    # A form that was taken leads on to another page.
    taken = request.method not in _READING and 300 <= answer.status_code < 400
    if taken and current_user.is_authenticated and running.settings().stranger_seconds:
        session[_CHANGED] = math.ceil(clock.now().timestamp())
    return answer


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
