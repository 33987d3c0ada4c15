"""What of this feature moves when two accounts of one person become one."""

from sqlalchemy import or_, select

from lms.assessment.models import GradeEvent, Submission
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.stays(Submission.released_by_id, "who released it then")
    moving.stays(GradeEvent.assessor_id, "who graded it then")
    moving.ask(_marked_own_work)


def _marked_own_work(one: int, other: int) -> str | None:
    pair = (one, other)
    query = (
        select(Submission.id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .outerjoin(GradeEvent, GradeEvent.submission_id == Submission.id)
        .where(
            Enrolment.user_id.in_(pair),
            or_(
                GradeEvent.assessor_id.in_(pair) & (GradeEvent.assessor_id != Enrolment.user_id),
                Submission.released_by_id.in_(pair)
                & (Submission.released_by_id != Enrolment.user_id),
            ),
        )
        .limit(1)
    )
    return "merge-marked-own-work" if db.session.scalar(query) is not None else None
