"""What of this feature moves when two accounts of one person become one."""

from lms.people import moving
from lms.sheets.models import Sheet, SheetRow


def declare() -> None:
    """State it."""
    moving.moves(SheetRow.user_id)
    moving.stays(Sheet.uploaded_by_id, "who uploaded the table then")
