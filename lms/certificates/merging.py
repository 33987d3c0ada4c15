"""What of this feature moves when two accounts of one person become one."""

from lms.certificates.models import Certificate
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.moves(Certificate.user_id)
    moving.stays(Certificate.issued_by_id, "who issued it then")
