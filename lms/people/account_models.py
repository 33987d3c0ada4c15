"""What keeps an account safe: sessions, counted tries, second factors, and tokens of resets.

Secrets that browsers and mails carry are kept as SHA-256 only: who reads the database cannot use
them.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Model, UTCDateTime, created_at, pk, public_id
from lms.people.models import User


class UserSession(Model):
    """A browser in which a person is signed in, until it ends or has been idle for too long.

    ``previous_digest`` is honoured for a moment after the secret was replaced: requests that were
    under way then still carry the old one. ``strong``: a second factor was shown in it.
    ``confirmed_at``: when the person last proved who they are.
    """

    __tablename__ = "user_session"
    __table_args__ = (
        Index("ix_user_session_open", "user_id", sqlite_where=text("ended_at is null"),
              postgresql_where=text("ended_at is null")),
    )  # fmt: skip

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    previous_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    renewed_at: Mapped[datetime | None]
    renewal_due: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[created_at]
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime())
    ended_at: Mapped[datetime | None]
    strong: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    network: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")

    user: Mapped[User] = relationship()


class Tries(Model):
    """How often something was tried in vain, by the digest of what it was tried on."""

    __tablename__ = "tries"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)


class PasswordReset(Model):
    """A right to choose a new password, once and soon."""

    __tablename__ = "password_reset"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[created_at]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime())
    used_at: Mapped[datetime | None]


class SecondFactor(Model):
    """The sealed secret of a person's authenticator app."""

    __tablename__ = "second_factor"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    sealed: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int]
    created_at: Mapped[created_at]


class RecoveryCode(Model):
    """A code on paper for when the app is lost; by its digest, used once."""

    __tablename__ = "recovery_code"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[created_at]
    used_at: Mapped[datetime | None]


class Passkey(Model):
    """The public half of a key pair that a device of the person's keeps; base64url text.

    ``sign_count`` grows with each use where the device counts; a copy of it would lag behind.
    """

    __tablename__ = "passkey"

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    credential: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(2000))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[created_at]
    used_at: Mapped[datetime | None]
