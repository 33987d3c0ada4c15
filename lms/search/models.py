"""What can be found. The words themselves lie in ``search_text``, a table of the engine's own."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Document, Model, pk


class SearchEntry(Model):
    """Something of a kind, by the id its feature has for it, with the weight of each term."""

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: Mapped[pk]
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    weights: Mapped[dict[str, int]] = mapped_column(Document())
