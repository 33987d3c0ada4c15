"""What of this feature moves when two accounts of one person become one."""

from lms.batches.models import Batch
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.stays(Batch.wanted_by_id, "who wanted it then")
