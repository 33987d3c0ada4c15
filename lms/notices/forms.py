"""Forms of notices."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from lms.notices.rules import MOST_REMIND_DAYS
from lms.web.forms import BaseForm


class ReminderForm(BaseForm):
    """How many days before the first one people are reminded."""

    days = IntegerField(
        _l("Days before the first day"),
        [
            InputRequired(_l("Fill in this field.")),
            NumberRange(min=0, max=MOST_REMIND_DAYS, message=_l("Give a number from 0 to 30.")),
        ],
    )
