"""Forms of employers."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

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
