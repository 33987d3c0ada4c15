"""Forms of those who look after other people's accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from lms.people import wording
from lms.people.models import Organisation
from lms.web.forms import BaseForm, choices


class ActionForm(BaseForm):
    """A button: nothing but the token."""


class GrantForm(BaseForm):
    """A role over an organisation and all below it."""

    role = SelectField(_l("Role"), choices=choices(wording.ROLES))
    organisation = SelectField(_l("Organisation"))

    def offer(self, organisations: list[Organisation]) -> None:
        """Let the form name these organisations and no other."""
        self.organisation.choices = choices({each.public_id: each.name for each in organisations})
