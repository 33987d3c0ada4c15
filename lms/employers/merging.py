"""What of this feature moves when two accounts of one person become one."""

from lms.employers.models import ApiToken, CheckRun, Watch
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.stays(CheckRun.made_by_id, "who had the codes checked then")
    moving.stays(ApiToken.made_by_id, "a token ends with the account that made it")
    moving.stays(Watch.asked_by_id, "who asked then; a colleague is told when they have gone")
