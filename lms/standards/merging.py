"""What of this feature moves when two accounts of one person become one."""

from lms.people import moving
from lms.standards.models import Framework, ImportRun


def declare() -> None:
    """State it."""
    moving.stays(Framework.imported_by_id, "who imported it then")
    moving.stays(ImportRun.user_id, "who checked it then")
