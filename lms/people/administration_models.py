"""What administrators and coordinators do with accounts, as far as it waits for somebody else."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Model, UTCDateTime, created_at, pk, public_id
from lms.kernel.permissions import Role
from lms.people.models import Organisation, User


class ProposalState(StrEnum):
    """See the state table in the README; a proposal that got old was declined by nobody."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class Deed(StrEnum):
    """What is proposed to be done with a role."""

    GRANT = "grant"
    REVOKE = "revoke"


class RoleProposal(Model):
    """A high role that one administrator wants given or taken, and another confirms."""

    __tablename__ = "role_proposal"
    __table_args__ = (
        CheckConstraint("state in ('proposed','confirmed','declined')", name="state"),
        CheckConstraint("deed in ('grant','revoke')", name="deed"),
        CheckConstraint(
            "role in (" + ",".join(f"'{role.value}'" for role in Role) + ")", name="role"
        ),
        CheckConstraint(
            "state <> 'confirmed' or (decided_by_id is not null"
            " and decided_by_id <> proposed_by_id and decided_by_id <> user_id)",
            name="second_person",
        ),
        Index(
            "uq_role_proposal_open",
            "user_id",
            "role",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    deed: Mapped[str] = mapped_column(String(8))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(24))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default=ProposalState.PROPOSED.value)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[created_at]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    decided_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id)
    proposed_by: Mapped[User] = relationship(foreign_keys=proposed_by_id)
    organisation: Mapped[Organisation] = relationship()
