"""Choosing a new password: by the old one, or by a token that came by mail."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from lms.audit import service as audit
from lms.db import db
from lms.jobs.port import enqueue
from lms.kernel import text
from lms.kernel.errors import Invalid
from lms.mail import service as mail
from lms.people import passwords, queries, rules, sessions
from lms.people.account_models import PasswordReset
from lms.people.models import User

VALID = timedelta(minutes=30)
RESET_JOB = "people.mail_reset"


def ask(email: str) -> None:
    """Want a mail with a link, whoever that is: known and unknown addresses cost the same here."""
    enqueue(RESET_JOB, priority=mail.PRIORITY, email=email.strip()[:254])


def mail_token(email: str, base_url: str, *, now: datetime) -> None:
    """Send a link to the person of an address; nothing happens when nobody has it."""
    user = queries.user_by_email(email)
    if user is None or not user.is_active:
        return
    token = secrets.token_urlsafe(24)
    db.session.add(
        PasswordReset(
            user_id=user.id,
            digest=sessions.digest_of(token),
            created_at=now,
            expires_at=now + VALID,
        )
    )
    audit.record(None, "people.password.reset_asked", user)
    mail.send(
        user.email,
        "people/reset",
        user.locale,
        name=user.name,
        link=f"{base_url}/reset/{token}",
        minutes=int(VALID.total_seconds() // 60),
    )


def is_open(token: str, *, now: datetime) -> bool:
    """Whether a token can still be used."""
    query = select(PasswordReset.id).where(
        PasswordReset.digest == sessions.digest_of(token),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > now,
    )
    return db.session.scalar(query) is not None


def use(token: str, password: str, *, now: datetime) -> User:
    """Set the password by a token, once; raises Invalid for a spent token or a bad password.

    All sessions end: whoever had the old password is out.
    """
    spent = db.session.execute(
        update(PasswordReset)
        .where(
            PasswordReset.digest == sessions.digest_of(token),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > now,
        )
        .values(used_at=now)
        .returning(PasswordReset.user_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    user = queries.user_by_id(spent.user_id) if spent is not None else None
    if user is None:
        raise Invalid("reset-token-spent")
    replace(user, password, by=user.id)
    sessions.end_all(user, but=None, by=user.id, now=now)
    _tell(user)
    return user


def change(user: User, current: str, password: str, *, but: int | None, now: datetime) -> None:
    """Replace the own password, knowing the old one; every other session ends."""
    if not passwords.matches(current, user.password_hash):
        raise Invalid(fields={"current": "password-not-right"})
    replace(user, password, by=user.id)
    sessions.end_all(user, but=but, by=user.id, now=now)
    _tell(user)


def replace(user: User, password: str, *, by: int | None) -> None:
    """Set a password; raises Invalid with what is wrong with it."""
    check(password, user.name, user.email)
    user.password_hash = passwords.make_hash(password)
    audit.record(by, "people.user.password_set", user)


def check(password: str, name: str, email: str) -> None:
    """Raise Invalid when a password of this person would be too easy."""
    words = [*text.key(name).split(), *text.key(email).replace("@", ".").split("."), "sijil"]
    easy = len(password) >= rules.PASSWORD_LENGTH and passwords.is_easy(password, words)
    fault = rules.password_fault(password, easy=easy)
    if fault is not None:
        raise Invalid(fields={"password": fault})


def _tell(user: User) -> None:
    mail.send(user.email, "people/password_changed", user.locale, name=user.name)
