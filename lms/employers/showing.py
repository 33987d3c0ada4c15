"""Blocks on the pages of others: the desk of who checks."""

from flask import render_template

from lms.kernel.permissions import Permission, allowed
from lms.people.models import User
from lms.web import panels
from lms.web.auth_guard import current_actor


def _desk_panel(user: User) -> str:
    del user
    if not allowed(current_actor(), Permission.EMPLOYERS_RUN_MAKE):
        return ""
    return render_template("employers/_desk_panel.html")


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("people.desk", _desk_panel)
