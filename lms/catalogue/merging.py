"""What of this feature moves when two accounts of one person become one."""

from lms.catalogue.models import CourseVersion, OfferingStaff
from lms.people import moving


def declare() -> None:
    """State it."""
    # They move: nobody is a second person to themselves because they had two accounts.
    moving.moves(CourseVersion.edited_by_id)
    moving.moves(CourseVersion.sent_by_id)
    moving.stays(CourseVersion.published_by_id, "who published it then")
    moving.moves(OfferingStaff.user_id)
