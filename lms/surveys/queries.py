"""Reads of surveys."""

from collections.abc import Sequence

from sqlalchemy import select

from lms.db import db
from lms.surveys.models import Survey, SurveyReturn


def of_offering(offering_id: int) -> Survey | None:
    """What was said of an offering; None when nobody has said anything."""
    return db.session.scalar(select(Survey).where(Survey.offering_id == offering_id))


def returned(enrolment_ids: Sequence[int]) -> set[int]:
    """Those of the places that have returned the survey (one statement)."""
    query = select(SurveyReturn.enrolment_id).where(SurveyReturn.enrolment_id.in_(enrolment_ids))
    return set(db.session.scalars(query))
