"""What of this feature moves when two accounts of one person become one."""

from lms.competency.models import Attainment, Judgement
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.moves(Judgement.user_id)
    moving.stays(Judgement.assessor_id, "who judged it then")
    moving.moves(Attainment.user_id)
