"""Verbs of tokens: make one, end it, and find out whose a program shows."""

import secrets
from datetime import datetime, timedelta

from lms.audit import service as audit
from lms.db import db, lock
from lms.employers import queries
from lms.employers.models import ApiToken
from lms.kernel.errors import Conflict, Unidentified
from lms.kernel.permissions import Permission, allowed
from lms.people import queries as people_queries
from lms.people.models import Organisation
from lms.people.sessions import digest_of

MOST_OPEN = 20
_MARK = "sijil_"


def make(
    organisation: Organisation, name: str, days: int, *, by: int, now: datetime
) -> tuple[ApiToken, str]:
    """A token and what a program shows, of 256 random bits, which is kept nowhere.

    Raises Conflict beyond twenty that are open.
    """
    lock(organisation)
    if queries.open_tokens(organisation.id, now) >= MOST_OPEN:
        raise Conflict("tokens-too-many")
    secret = _MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        organisation_id=organisation.id,
        made_by_id=by,
        name=name.strip(),
        digest=digest_of(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.session.add(token)
    db.session.flush()
    audit.record(by, "employers.token.made", token, sealed=True, days=days)
    return token, secret


def end(token: ApiToken, *, by: int, now: datetime) -> None:
    """It opens nothing from now on; nothing happens when it does so already."""
    lock(token)
    if token.ended_at is not None:
        return
    token.ended_at = now
    db.session.flush()
    audit.record(by, "employers.token.ended", token, sealed=True)


def opened_by(secret: str, *, now: datetime) -> ApiToken:
    """The token that a program shows; raises Unidentified.

    It opens no more than whoever made it may do now: their account and role are asked each time.
    """
    token = queries.token_by_digest(digest_of(secret))
    if token is None or not token.is_open(now) or not token.made_by.is_active:
        raise Unidentified
    maker = people_queries.actor_of(token.made_by)
    if not allowed(maker, Permission.EMPLOYERS_RUN_MAKE, token.organisation):
        raise Unidentified
    return token
