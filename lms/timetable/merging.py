"""What of this feature moves when two accounts of one person become one."""

from lms.people import moving
from lms.timetable.models import CalendarFeed


def declare() -> None:
    """State it."""
    moving.stays(CalendarFeed.user_id, "its address ends with the account")
