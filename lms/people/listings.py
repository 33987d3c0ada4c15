"""Lists of people as files: the columns of the pages."""

from collections.abc import Sequence

from flask_babel import gettext as _

from lms.people import directory, wording
from lms.people.models import User
from lms.web.exports import Listing


def listing_of(people: Sequence[User]) -> Listing:
    """People with their organisation and roles; three statements."""
    roles = directory.roles_of([user.id for user in people])
    head = [_("Name"), _("E-mail address"), _("Organisation"), _("Roles"), _("Last signed in")]
    rows = (
        (
            user.name,
            user.email,
            user.organisation.name if user.organisation else "",
            ", ".join(
                f"{wording.ROLES[grant.role]} ({grant.organisation.code})"
                for grant in roles.get(user.id, [])
            ),
            user.signed_in_at,
        )
        for user in people
    )
    return Listing("people", head, rows)
