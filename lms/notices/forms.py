"""Forms of notices."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from lms.notices.rules import MOST_REMIND_DAYS
from lms.notices.wording import COPIED_LABELS
from lms.web.forms import BaseForm, choices


class ReminderForm(BaseForm):
    """How early people are reminded, and who else is told."""

    days = IntegerField(
        _l("Days before the first day"),
        [
            InputRequired(_l("Fill in this field.")),
            NumberRange(min=0, max=MOST_REMIND_DAYS, message=_l("Give a number from 0 to 30.")),
        ],
    )
    copies = SelectMultipleField(
        _l("Copies of what is told about a place"),
        choices=choices(COPIED_LABELS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
