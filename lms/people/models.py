"""Users, organisations (a tree) and the roles people hold over a part of the tree."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Document, Model, created_at, pk, public_id
from lms.kernel.permissions import Role


class OrganisationKind(StrEnum):
    """What an organisation is to the institute."""

    PROVIDER = "provider"
    EMPLOYER = "employer"
    COUNCIL = "council"


class Organisation(Model):
    """A node of the tree; ``path`` (``/1/4/``) names all its ancestors and itself.

    ``signatories`` are {"name", "title": texts} of those whose names stand on its certificates.
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("kind in ('provider','employer','council')", name="kind"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), default="", index=True)
    timezone: Mapped[str] = mapped_column(String(64), default="Asia/Kuala_Lumpur")
    signatories: Mapped[list[dict[str, Any]]] = mapped_column(Document(), default=list)
    created_at: Mapped[created_at]


class User(Model):
    """A person with an account; ``serving_since`` is the day on which their service began.

    ``line_manager`` is whom they report to, as their agency says.
    """

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("locale in ('ms','en','id')", name="locale"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(8), default="ms")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    serving_since: Mapped[date | None]
    line_manager_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    signed_in_at: Mapped[datetime | None]
    created_at: Mapped[created_at]

    organisation: Mapped[Organisation | None] = relationship()
    line_manager: Mapped["User | None"] = relationship(remote_side="User.id")

    @property
    def reports_to(self) -> "User | None":
        """The line manager, if there is one who can be asked."""
        manager = self.line_manager
        return manager if manager is not None and manager.is_active and manager != self else None


class RoleGrant(Model):
    """A role held over an organisation and everything below it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "organisation_id"),
        CheckConstraint(
            "role in (" + ",".join(f"'{role.value}'" for role in Role) + ")", name="role"
        ),
    )

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(24))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[created_at]

    organisation: Mapped[Organisation] = relationship()
