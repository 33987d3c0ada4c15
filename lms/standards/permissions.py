"""Frameworks are public to read; course managers and administrators import them."""

from lms.kernel.permissions import Permission, Role, allow, holds_anywhere


def declare() -> None:
    """State the rules of this feature."""
    allow(
        Permission.STANDARDS_FRAMEWORK_IMPORT,
        (holds_anywhere(Role.COURSE_MANAGER, Role.ADMINISTRATOR),),
    )
