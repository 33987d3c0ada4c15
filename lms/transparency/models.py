"""The log: entries in their order, digests of complete subtrees, and how many entries there are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Model


class LogEntry(Model):
    """One entry, counted from 0 without a gap. No key to what it speaks of: it outlives it."""

    __tablename__ = "log_entry"
    __table_args__ = (Index("ix_log_entry_subject", "subject"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    subject: Mapped[str] = mapped_column(String(64))
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogNode(Model):
    """The digest over 2^level leaves, from position * 2^level on; written once they are there."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogHead(Model):
    """One row: how many entries there are. Who adds one holds it to the end of the transaction."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(default=0)
