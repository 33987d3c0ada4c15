"""Forms of enrolment."""

from lms.web.forms import BaseForm


class ActionForm(BaseForm):
    """A button: nothing but the token."""
