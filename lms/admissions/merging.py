"""What of this feature moves when two accounts of one person become one."""

from lms.admissions.models import Application, IntakeMember, Recommendation
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.moves(Application.user_id)
    moving.stays(IntakeMember.user_id, "an account that holds a role is not closed by merging")
    moving.stays(Recommendation.member_id, "who recommended it then")
