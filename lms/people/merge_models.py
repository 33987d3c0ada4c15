"""Two accounts of one person made one."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Document, Model, UTCDateTime, pk, public_id
from lms.people.models import User


class AccountMerge(Model):
    """Which account went into which, and the ids of the rows that moved, by ``table.column``.

    ``served_since`` is the beginning of service that the new account had until then.
    """

    __tablename__ = "account_merge"
    __table_args__ = (
        CheckConstraint("old_user_id <> new_user_id", name="two_accounts"),
        CheckConstraint("(undone_at is null) = (undone_by_id is null)", name="undone"),
        Index(
            "uq_account_merge_standing",
            "old_user_id",
            unique=True,
            sqlite_where=text("undone_at is null"),
            postgresql_where=text("undone_at is null"),
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    old_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    new_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    moved: Mapped[dict[str, list[int]]] = mapped_column(Document())
    served_since: Mapped[date | None]
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime())
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    undone_at: Mapped[datetime | None]

    old_user: Mapped[User] = relationship(foreign_keys=old_user_id)
    new_user: Mapped[User] = relationship(foreign_keys=new_user_id)
