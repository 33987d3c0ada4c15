"""What of this feature moves when two accounts of one person become one."""

from lms.documents.models import OfferingDocument
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.stays(OfferingDocument.added_by_id, "who added it then")
