"""Return the survey of an offering."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from lms.audit import service as audit
from lms.db import db, lock, unique_or
from lms.enrolment.models import Enrolment
from lms.enrolment.service import only_confirmed
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.surveys import queries, rules
from lms.surveys.models import Survey, SurveyReturn


def give(
    place: Enrolment,
    ratings: Mapping[str, int],
    remarks: Mapping[str, str],
    *,
    by: int,
    now: datetime,
) -> None:
    """Add a person's answers to those of the offering; that they answered is all that is kept.

    Raises Forbidden for somebody else's place; Conflict without a seat, before the last day, or
    when it was returned already; Invalid for a question or a rating that is none.
    """
    if place.user_id != by:
        raise Forbidden
    only_confirmed(place)
    zone = ZoneInfo(place.offering.course_version.course.provider.timezone)
    if not rules.is_open(place.offering.ends_on, now.astimezone(zone).date()):
        raise Conflict("survey-not-open")
    _check(ratings, remarks)
    with unique_or("survey-returned-already"):
        db.session.add(SurveyReturn(enrolment_id=place.id))
    survey = _held(place.offering_id)
    survey.returned += 1
    survey.tallies = rules.added(survey.tallies, ratings)
    survey.remarks = rules.with_remarks(survey.remarks, remarks)
    db.session.flush()
    audit.record(by, "surveys.returned", place)


def _check(ratings: Mapping[str, int], remarks: Mapping[str, str]) -> None:
    scale = range(rules.LOWEST, rules.HIGHEST + 1)
    if set(ratings) != set(rules.RATINGS) or any(one not in scale for one in ratings.values()):
        raise Invalid("survey-incomplete")
    if not set(remarks) <= set(rules.REMARKS):
        raise Invalid("survey-incomplete")
    if any(len(text) > rules.LONGEST_REMARK for text in remarks.values()):
        raise Invalid("survey-remark-long")


def _held(offering_id: int) -> Survey:
    # All who return it at once take turns at this row; the first makes it.
    found = queries.of_offering(offering_id)
    if found is None:
        with suppress(Conflict), unique_or("survey-raced"):
            db.session.add(Survey(offering_id=offering_id, tallies={}, remarks={}))
        found = queries.of_offering(offering_id)
        if found is None:
            raise Conflict("survey-raced")
    lock(found)
    return found
