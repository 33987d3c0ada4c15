"""What of this feature moves when two accounts of one person become one."""

from lms.people import moving
from lms.withdrawals.models import Withdrawal


def declare() -> None:
    """State it."""
    moving.stays(Withdrawal.asked_by_id, "who asked for it then")
    moving.stays(Withdrawal.decided_by_id, "who decided it then")
