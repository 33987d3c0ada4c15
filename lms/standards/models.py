"""Competency frameworks after CASE: documents, items, associations. Reference data."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Document, Model, Texts, created_at, pk, public_id


class Framework(Model):
    """One revision of a framework (CFDocument). Identifiers and addresses are kept verbatim."""

    __tablename__ = "framework"
    __table_args__ = (UniqueConstraint("identifier", "revision"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    identifier: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    uri: Mapped[str] = mapped_column(String(500))
    code: Mapped[str] = mapped_column(String(64))
    titles: Mapped[Texts]
    version: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(16), default="en")
    changed_at: Mapped[datetime]
    properties: Mapped[dict[str, Any]] = mapped_column(Document(), default=dict)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[created_at]

    @property
    def label(self) -> str:
        """Code and version, as printed on certificates."""
        return f"{self.code} {self.version}".strip()


class Item(Model):
    """One statement (CFItem): domain, unit, element, criterion or level. Codes are not keys."""

    __tablename__ = "framework_item"
    __table_args__ = (
        UniqueConstraint("framework_id", "identifier"),
        Index("ix_framework_item_framework_id_code", "framework_id", "code"),
    )

    id: Mapped[pk]
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"))
    identifier: Mapped[str] = mapped_column(String(64))
    uri: Mapped[str] = mapped_column(String(500))
    code: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    statements: Mapped[Texts]
    rank: Mapped[int | None]
    position: Mapped[int]
    extra: Mapped[dict[str, Any]] = mapped_column(Document(), default=dict)

    framework: Mapped[Framework] = relationship()


class Association(Model):
    """A relation between two items, or to a node outside (then only its identifier is known)."""

    __tablename__ = "framework_association"
    __table_args__ = (UniqueConstraint("framework_id", "identifier"),)

    id: Mapped[pk]
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"))
    identifier: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    origin_identifier: Mapped[str] = mapped_column(String(200))
    destination_identifier: Mapped[str] = mapped_column(String(200))
    destination: Mapped[dict[str, Any]] = mapped_column(Document(), default=dict)
    sequence: Mapped[int | None]
    extra: Mapped[dict[str, Any]] = mapped_column(Document(), default=dict)


class ImportRun(Model):
    """A file that was checked (dry run) and waits to be taken over, or was."""

    __tablename__ = "framework_import"

    id: Mapped[pk]
    public_id: Mapped[public_id]
    file_name: Mapped[str] = mapped_column(String(150))
    digest: Mapped[str] = mapped_column(String(64))
    faults: Mapped[list[dict[str, Any]]] = mapped_column(Document(), default=list)
    counts: Mapped[dict[str, int]] = mapped_column(Document(), default=dict)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    framework_id: Mapped[int | None] = mapped_column(ForeignKey("framework.id"), index=True)
    created_at: Mapped[created_at]
