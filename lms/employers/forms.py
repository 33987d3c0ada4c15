"""Forms of employers."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from lms.kernel.errors import Invalid
from lms.web.forms import BaseForm, choices


class RunForm(BaseForm):
    """Codes to check: a table, or lines that are pasted."""

    file = FileField(_l("CSV or Excel file"))
    lines = TextAreaField(_l("Or paste lines"), [Length(max=300_000)])

    def one_of_two(self) -> None:
        """Raises Invalid unless there is a file or there are lines, and not both."""
        given = [bool(self.file.data), bool((self.lines.data or "").strip())]
        if not any(given):
            raise Invalid(fields={"file": "checks-nothing"})
        if all(given):
            raise Invalid(fields={"lines": "checks-both"})


class TokenForm(BaseForm):
    """What a token is for, and how long it opens anything: a year at most."""

    name = StringField(
        _l("Which program"), [InputRequired(_l("Fill in this field.")), Length(max=80)]
    )
    days = SelectField(
        _l("Open for"),
        coerce=int,
        choices=choices({30: _l("30 days"), 90: _l("90 days"), 365: _l("A year")}),
        default=90,
    )


class WatchForm(BaseForm):
    """What the page of a verdict proves: that this certificate was just checked; and for whom."""

    proof = StringField(widget=HiddenInput(), validators=[InputRequired(), Length(max=60)])
    employer = StringField(validators=[Optional(), Length(max=16)])


class WatchRowsForm(BaseForm):
    """Which rows of a run: the number of one, or ``valid`` for all of that verdict."""

    which = StringField(validators=[InputRequired(), Length(max=10)])
