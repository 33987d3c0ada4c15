"""What of this feature moves when two accounts of one person become one."""

from lms.designs.models import DesignVersion
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.stays(DesignVersion.drafted_by_id, "who drew it then")
    moving.stays(DesignVersion.published_by_id, "who published it then")
