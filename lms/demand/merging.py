"""What of this feature moves when two accounts of one person become one."""

from lms.demand.models import Interest
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.moves(Interest.user_id)
