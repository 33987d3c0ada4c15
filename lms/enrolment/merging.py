"""What of this feature moves when two accounts of one person become one."""

from sqlalchemy import select

from lms.catalogue.models import OfferingStaff
from lms.db import db
from lms.enrolment.models import Approval, Attendance, Enrolment, Promise
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.moves(Enrolment.user_id)
    moving.stays(Attendance.recorded_by_id, "who took the roll then")
    moving.stays(Enrolment.nominated_by_id, "who put the person forward then")
    moving.stays(Approval.decided_by_id, "who decided then")
    moving.stays(Promise.made_by_id, "who promised the place then")
    moving.stays(Promise.withdrawn_by_id, "who withdrew the promise then")
    moving.ask(_teaches_own_course)


def _teaches_own_course(one: int, other: int) -> str | None:
    query = (
        select(Enrolment.id)
        .join(OfferingStaff, OfferingStaff.offering_id == Enrolment.offering_id)
        .where(
            Enrolment.user_id.in_((one, other)),
            OfferingStaff.user_id.in_((one, other)),
            Enrolment.user_id != OfferingStaff.user_id,
        )
        .limit(1)
    )
    return "merge-teaches-own-course" if db.session.scalar(query) is not None else None
