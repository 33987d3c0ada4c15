"""The mark of a browser in which a person has signed in before.

An account that strangers try passwords on from everywhere stays open to its owner: tries in a
known browser are counted for that browser alone.
"""

import hashlib
import secrets

from flask import request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from lms.kernel import text
from lms.people.rules import TriedOn
from lms.people.tries import Targets
from lms.web import running, visitor

_AGE = 365 * 24 * 3600


def targets(email: str) -> Targets:
    """What a try to sign in is counted on."""
    account = text.key(email)
    known = _mark(account)
    if known is not None:
        return {TriedOn.DEVICE: known}
    network = visitor.network()
    return {
        TriedOn.ACCOUNT: account,
        TriedOn.ACCOUNT_FROM_NETWORK: f"{account} {network}",
        TriedOn.NETWORK: network,
    }


def code_targets(user_id: int, email: str) -> Targets:
    """What a try of the second factor is counted on: who stole a password delays nobody else."""
    known = _mark(text.key(email))
    return {TriedOn.SECOND_FACTOR: str(user_id) if known is None else f"{user_id} {known}"}


def remember(response: Response, email: str) -> None:
    """Mark the browser as one in which this account has signed in."""
    account = text.key(email)
    if _mark(account) is not None:
        return
    mark = {"account": _digest(account), "browser": secrets.token_hex(16)}
    response.set_cookie(
        _cookie(),
        _signer().dumps(mark),
        max_age=_AGE,
        secure=running.settings().production,
        httponly=True,
        samesite="Lax",
    )


def _mark(account: str) -> str | None:
    try:
        mark = _signer().loads(request.cookies.get(_cookie(), ""), max_age=_AGE)
    except BadSignature:
        return None
    return str(mark["browser"]) if mark["account"] == _digest(account) else None


def _digest(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()


def _cookie() -> str:
    return "__Host-lms-browser" if running.settings().production else "lms-browser"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(running.settings().secret_key, salt="browser")
