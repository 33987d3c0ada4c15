"""What of this feature moves when two accounts of one person become one."""

from lms.catalogue.models import CourseVersion, OfferingStaff
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.stays(CourseVersion.published_by_id, "who published it then")
    moving.moves(OfferingStaff.user_id)
