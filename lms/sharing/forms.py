"""Forms of sharing."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import BaseForm, choices


class ShareForm(BaseForm):
    """For whom a link is, how long it leads somewhere, and whether it says the name."""

    note = StringField(_l("For whom"), [InputRequired(_l("Fill in this field.")), Length(max=80)])
    days = SelectField(
        _l("Open for"),
        coerce=int,
        choices=choices({7: _l("7 days"), 30: _l("30 days"), 90: _l("90 days")}),
        default=30,
    )
    full_name = BooleanField(_l("Show my full name"))
