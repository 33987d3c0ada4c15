"""Identity numbers: sealed with a key of the person's own, found by a keyed digest."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Model, created_at, pk


class PersonalKey(Model):
    """A random key of one person, sealed under the key that does not lie in the database.

    Without this row, what is sealed with it cannot be read by anybody: deleting it is erasing.
    """

    __tablename__ = "personal_key"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    sealed: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[created_at]


class IdentityNumber(Model):
    """The number by which a state knows the person; one a person, one person a number.

    ``digest`` is keyed: without the key, trying all numbers finds nothing. ``ending`` is what the
    mask leaves readable.
    """

    __tablename__ = "identity_number"
    __table_args__ = (CheckConstraint("kind in ('mykad','nik','passport')", name="kind"),)

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    ending: Mapped[str] = mapped_column(String(4))
    created_at: Mapped[created_at]
