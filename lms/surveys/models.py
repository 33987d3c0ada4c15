"""What was said of an offering, and whose places have returned it; nothing joins the two."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Document, Model, pk


class Survey(Model):
    """The answers of one offering, added up.

    ``tallies`` counts by question and rating (as text, for JSON); ``remarks`` are lists of texts by
    question, each sorted, so that their order says nothing of who came when.
    """

    __tablename__ = "survey"
    __table_args__ = (CheckConstraint("returned >= 0", name="returned"),)

    id: Mapped[pk]
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"), unique=True)
    returned: Mapped[int] = mapped_column(default=0)
    tallies: Mapped[dict[str, dict[str, int]]] = mapped_column(Document(), default=dict)
    remarks: Mapped[dict[str, list[str]]] = mapped_column(Document(), default=dict)


class SurveyReturn(Model):
    """That somebody with a place has answered; not when, and not what."""

    __tablename__ = "survey_return"

    id: Mapped[pk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
