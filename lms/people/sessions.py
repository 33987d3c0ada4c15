"""Sessions of signed-in people: begun, found again by their secret, renewed, listed, ended."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from lms.audit import service as audit
from lms.db import db
from lms.kernel.errors import NotFound
from lms.people.account_models import UserSession
from lms.people.models import User
from lms.people.rules import Lifetime

# Writing "seen" at each request would make every page a write.
SEEN_STEP = timedelta(minutes=1)
# Requests under way while the secret is replaced still carry the old one.
OVERLAP = timedelta(seconds=30)


@dataclass(frozen=True)
class Lifetimes:
    """The limits for people with a role, and for all others."""

    staff: Lifetime
    learner: Lifetime

    def of(self, *, staff: bool) -> Lifetime:
        """The limits that hold for a person."""
        return self.staff if staff else self.learner


@dataclass(frozen=True)
class Origin:
    """Where a browser comes from: its network and what it calls itself."""

    network: str
    agent: str


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begin(
    user: User, origin: Origin, *, now: datetime, strong: bool = False
) -> tuple[UserSession, str]:
    """Open a session; also returns its secret of 256 random bits, which is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    session = UserSession(
        user=user,
        digest=digest_of(secret),
        created_at=now,
        seen_at=now,
        confirmed_at=now,
        strong=strong,
        network=origin.network,
        agent=origin.agent[:200],
    )
    db.session.add(session)
    user.signed_in_at = now
    db.session.flush()
    audit.record(user.id, "people.user.signed_in", user)
    return session, secret


def owner_of(secret: str) -> int | None:
    """Whose session a secret opened, even if it has ended."""
    query = select(UserSession.user_id).where(UserSession.digest == digest_of(secret))
    return db.session.scalar(query)


def touch(session_id: int, *, now: datetime) -> None:
    """Note that the person is still there."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


def renew(session_id: int, *, now: datetime) -> str | None:
    """Replace the secret when that is due; the new secret, or None when another was quicker."""
    return _new_secret((UserSession.id == session_id) & UserSession.renewal_due, now, {})


def confirm(session_id: int, user: User, *, strong: bool, now: datetime) -> str | None:
    """The person has proved again who they are: a new secret; None when the session has ended."""
    proved = {"confirmed_at": now} | ({"strong": True} if strong else {})
    open_ = (UserSession.id == session_id) & UserSession.ended_at.is_(None)
    audit.record(user.id, "people.session.confirmed", user)
    return _new_secret(open_, now, proved)


def _new_secret(
    which: ColumnElement[bool], now: datetime, also: Mapping[str, object]
) -> str | None:
    secret = secrets.token_urlsafe(32)
    renewed = db.session.execute(
        update(UserSession)
        .where(which)
        .values(
            previous_digest=UserSession.digest,
            digest=digest_of(secret),
            renewed_at=now,
            renewal_due=False,
            **also,
        )
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    )
    return secret if renewed.one_or_none() is not None else None


def strengthen(session_id: int) -> None:
    """A second factor was shown in the session."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(strong=True))


def renewal_due(user_id: int) -> None:
    """Give the person's sessions new secrets at their next request: their rights have changed."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(renewal_due=True)
        .execution_options(synchronize_session=False)
    )


def open_sessions(user_id: int, since: datetime) -> list[UserSession]:
    """A person's open sessions that were used after ``since``, the latest first."""
    query = (
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.seen_at > since,
        )
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
        .limit(100)
    )
    return list(db.session.scalars(query))


def end(public_id: str, *, of: int, now: datetime) -> None:
    """End one of a person's own sessions; raises NotFound for anybody else's."""
    _end(UserSession.public_id == public_id, of, now)


def end_own(session_id: int, *, of: int, now: datetime) -> None:
    """End the session in which the person asks for it."""
    _end(UserSession.id == session_id, of, now)


def _end(which: ColumnElement[bool], of: int, now: datetime) -> None:
    found = db.session.scalar(select(UserSession).where(which, UserSession.user_id == of))
    if found is None:
        raise NotFound
    if found.ended_at is None:
        found.ended_at = now
        audit.record(of, "people.session.ended", found)


def end_all(user: User, *, but: int | None, by: int | None, now: datetime) -> int:
    """End a person's sessions except one; returns how many ended."""
    ended = db.session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user.id,
            UserSession.ended_at.is_(None),
            UserSession.id != (but or 0),
        )
        .values(ended_at=now)
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    )
    count = len(ended.all())
    if count:
        audit.record(by, "people.sessions.ended", user, count=count)
    return count
