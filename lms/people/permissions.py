"""Who may do what with accounts."""

from lms.kernel.permissions import Permission, Role, allow, holds_anywhere, signed_in


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.PEOPLE_ACCOUNT_USE, (signed_in,))
    allow(Permission.PEOPLE_USER_MANAGE, (holds_anywhere(Role.ADMINISTRATOR),))
