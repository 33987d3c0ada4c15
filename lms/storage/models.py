"""What is known of stored files, by their digest."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Model, created_at, pk


class ScanState(StrEnum):
    """What the virus scanner has said of a file."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


class FileScan(Model):
    """A file in quarantine until the scanner has looked; files without a row need none."""

    __tablename__ = "file_scan"
    __table_args__ = (CheckConstraint("state in ('waiting','clean','infected')", name="state"),)

    id: Mapped[pk]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=ScanState.WAITING.value)
    found: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[created_at]
    scanned_at: Mapped[datetime | None]
