"""The form of issuing."""

from wtforms import SelectField, SelectMultipleField

from lms.printing.content import OF_PROGRAMMES
from lms.web.forms import BaseForm


class IssueForm(BaseForm):
    """What to issue, by its button, and to whom: boxes that were ticked."""

    kind = SelectField(choices=list(OF_PROGRAMMES))
    person = SelectMultipleField(validate_choice=False)
