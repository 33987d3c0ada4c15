"""Checks by program, with a token of an employer. No cookie opens anything here."""

from collections import Counter
from datetime import datetime

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from lms.audit import service as audit
from lms.checking import answers, verification
from lms.db import transaction
from lms.employers import asking, quota, tokens
from lms.employers.reading import Line
from lms.kernel import clock
from lms.web import limits
from lms.web.auth_guard import by_token
from lms.web.forms import protection
from lms.web.running import settings

bp = Blueprint("employer_api", __name__, url_prefix="/api/v1/checks")
protection.exempt(bp)  # nothing here looks at a cookie, so no other site's page can use one


@bp.post("")
@by_token
@limits.programs
def many() -> ResponseReturnValue:
    """The answers to up to five hundred codes, in their order."""
    now = clock.now()
    tokens.opened_by(_shown(), now=now)  # before anything that a stranger sends is read
    lines = asking.read(_body())
    told, left = _answered(lines, now)
    for line, answer in zip(lines, told, strict=True):
        answer["reference"] = line.reference
    return _unkept({"checks": told, "left_today": left})


@bp.get("/<code>")
@by_token
@limits.programs
def one(code: str) -> ResponseReturnValue:
    """The answer to one code, without a name: those do not belong into addresses."""
    (told,), _left = _answered([Line(0, code)], clock.now())
    return _unkept(told, 404 if told["verdict"] == "unknown" else 200)


def _body() -> bytes:
    if (request.content_length or 0) > asking.LARGEST:
        abort(413)
    body = request.get_data(cache=False)
    if len(body) > asking.LARGEST:  # it did not say how long it is
        abort(413)
    return body


def _shown() -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _answered(lines: list[Line], now: datetime) -> tuple[list[dict[str, object]], int]:
    """The answers in order, counted and recorded, and how many are left of the day.

    All in one transaction: after it each certificate would be read anew.
    """
    most = settings().employer_rows_daily
    with transaction():
        token = tokens.opened_by(_shown(), now=now)
        quota.take(token.organisation, len(lines), most, now=now)
        checks = verification.by_codes([line.code for line in lines], now=now)
        counts = Counter(check.outcome.value for check in checks)
        token.used_at = now
        audit.record(token.made_by_id, "employers.api.checked", token, counts=dict(counts))
        both = zip(lines, checks, strict=True)
        told = [answers.plain(check, typed=line.name) for line, check in both]
        return told, quota.left(token.organisation, most, now=now)


def _unkept(said: dict[str, object], status: int = 200) -> ResponseReturnValue:
    answer = jsonify(said)
    answer.headers["Cache-Control"] = "no-store"
    return answer, status
