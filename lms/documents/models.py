"""Files of offerings."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import Offering
from lms.db import Model, created_at, pk, public_id


class Audience(StrEnum):
    """Who may read a document."""

    EVERYBODY = "everybody"
    PLACES = "places"


class OfferingDocument(Model):
    """A file of an offering, kept by its SHA-256."""

    __tablename__ = "offering_document"
    __table_args__ = (
        UniqueConstraint("offering_id", "digest"),
        CheckConstraint("audience in ('everybody','places')", name="audience"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    title: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(150))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[created_at]

    offering: Mapped[Offering] = relationship()
