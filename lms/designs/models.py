"""Designs, their versions, and which one certificates of a kind are printed in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Model, created_at, pk, public_id
from lms.people.models import Organisation, User

KINDS = ("competence", "completion", "attendance", "award", "transcript")
_DRAFT = sql("state = 'draft'")


class State(StrEnum):
    """A version is changed until it is published, and never again."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Design(Model):
    """A design of a provider, under one name."""

    __tablename__ = "design"
    __table_args__ = (UniqueConstraint("provider_id", "name"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[created_at]

    provider: Mapped[Organisation] = relationship()


class DesignVersion(Model):
    """How it looks. ``lines``, ``dense`` and ``across`` are the room for competencies."""

    __tablename__ = "design_version"
    __table_args__ = (
        UniqueConstraint("design_id", "number"),
        CheckConstraint("state in ('draft','published')", name="state"),
        CheckConstraint(
            "(state = 'published') = (published_by_id is not null)", name="published_by"
        ),
        CheckConstraint("published_by_id <> drafted_by_id", name="second_person"),
        Index(
            "uq_design_version_draft",
            "design_id",
            unique=True,
            sqlite_where=_DRAFT,
            postgresql_where=_DRAFT,
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    design_id: Mapped[int] = mapped_column(ForeignKey("design.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default=State.DRAFT.value)
    html: Mapped[str] = mapped_column(Text())
    css: Mapped[str] = mapped_column(Text())
    underlay: Mapped[str] = mapped_column(String(20))
    landscape: Mapped[bool] = mapped_column(Boolean())
    lines: Mapped[int]
    dense: Mapped[int]
    across: Mapped[int]
    row_version: Mapped[int] = mapped_column(default=1)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    changed_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    published_at: Mapped[datetime | None]

    design: Mapped[Design] = relationship()
    drafted_by: Mapped[User] = relationship(foreign_keys=[drafted_by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])


class MarkUse(StrEnum):
    """What a picture is for."""

    LOGO = "logo"
    SIGNATURE = "signature"


class DesignMark(Model):
    """A picture that stands on certificates of a provider: its logo, or a signatory's signature."""

    __tablename__ = "design_mark"
    __table_args__ = (
        UniqueConstraint("provider_id", "use", "signatory"),
        CheckConstraint("use in ('logo','signature')", name="use"),
        CheckConstraint("(use = 'logo') = (signatory = '')", name="signatory"),
    )

    id: Mapped[pk]
    provider_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    use: Mapped[str] = mapped_column(String(16))
    signatory: Mapped[str] = mapped_column(String(200), default="")
    digest: Mapped[str] = mapped_column(String(64))


class DesignUse(Model):
    """What certificates of a kind are printed in from now on: a shipped design or a version."""

    __tablename__ = "design_use"
    __table_args__ = (
        UniqueConstraint("provider_id", "kind"),
        CheckConstraint(
            "kind in ('competence','completion','attendance','award','transcript')", name="kind"
        ),
        CheckConstraint("(shipped is null) <> (version_id is null)", name="one_design"),
    )

    id: Mapped[pk]
    provider_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(16))
    shipped: Mapped[str | None] = mapped_column(String(20))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("design_version.id"), index=True)

    version: Mapped[DesignVersion | None] = relationship()
