"""Invitations to open an account or to join an organisation."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Model, UTCDateTime, created_at, pk, public_id
from lms.people.models import Organisation, User


class InvitationState(StrEnum):
    """Where an invitation stands, by its moments."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_OPEN = "accepted_at is null and withdrawn_at is null"


class Invitation(Model):
    """The right of whoever reads an address to join an organisation.

    Only the digest of the token is kept, and that once it is mailed. ``accepted_by`` is the account
    that was made or that joined.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("locale in ('ms','en','id')", name="locale"),
        CheckConstraint("(accepted_at is null) = (accepted_by_id is null)", name="accepted"),
        Index(
            "uq_invitation_open",
            "email_key",
            "organisation_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    locale: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[created_at]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime())
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    invited_by: Mapped[User] = relationship(foreign_keys=invited_by_id)

    def state(self, now: datetime) -> InvitationState:
        """Where it stands at a moment."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.withdrawn_at is not None:
            return InvitationState.WITHDRAWN
        return InvitationState.OPEN if self.expires_at > now else InvitationState.EXPIRED
