"""The edge: the key of a request, and the transaction that keeps the answer beside the deed.

The key comes as the header ``Idempotency-Key`` or as the hidden field that the macro
``request_key`` draws. A request without one is done as it comes.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import DomainError, Invalid
from lms.kernel.permissions import NOBODY
from lms.repeats import service
from lms.repeats.service import Answer, Asked
from lms.web.auth_guard import current_actor, current_user_id
from lms.web.forms import REQUEST_KEY, SAFE_METHODS, TOKEN

HEADER = "Idempotency-Key"
FOUND = 302
_SOUND = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Repeated(Exception):
    """The deed of this request was done by another one with its key; the answer is that one's."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.location)
        self.answer = answer


class _Overtaken(Exception):
    """Another request kept its answer first: what this one did is undone."""


def new_key() -> str:
    """A key for a form about to be shown."""
    return secrets.token_urlsafe(16)


@dataclass
class Redirect:
    """Where the answer leads."""

    location: str


@contextmanager
def answering(location: str = "") -> Iterator[Redirect]:
    """A transaction whose answer is a redirect; the block says whereto, unless known before.

    Raises Repeated when another request with the same key was quicker: then nothing of the block
    is done.
    """
    asked, told = _asked(), Redirect(location)
    try:
        with transaction():
            yield told
            if asked is not None:
                _keep(asked, Answer(FOUND, told.location))
    except (DomainError, _Overtaken):
        # Refused perhaps because the same request was done a moment ago.
        known = service.answer_to(asked) if asked is not None else None
        if known is None:
            raise
        raise Repeated(known) from None


def _keep(asked: Asked, answer: Answer) -> None:
    if not service.keep(asked, answer, now=clock.now()):
        raise _Overtaken


def _asked() -> Asked | None:
    found: Asked | None = g.asked if "asked" in g else _read()
    return found


def _read() -> Asked | None:
    key = request.headers.get(HEADER) or request.form.get(REQUEST_KEY)
    if not key:
        return None
    if not _SOUND.fullmatch(key):
        raise Invalid("request-key-unsound")
    return Asked(current_user_id(), key, _digest())


def _digest() -> str:
    said = sorted(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {TOKEN, REQUEST_KEY}
    )
    text = json.dumps([request.method, request.path, said])
    return hashlib.sha256(text.encode()).hexdigest()


def answered_before() -> ResponseReturnValue | None:
    """For every unsafe request: the answer it got before, if it did."""
    g.pop("asked", None)
    if request.method in SAFE_METHODS or current_actor() is NOBODY:
        return None
    g.asked = asked = _read()
    known = service.answer_to(asked) if asked is not None else None
    return None if known is None else _again(known)


def _again(answer: Answer) -> ResponseReturnValue:
    return redirect(answer.location, answer.status)


def repeated(error: Repeated) -> ResponseReturnValue:
    """The answer of the request that was quicker."""
    return _again(error.answer)
