"""Forms of employers."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import Length

from lms.kernel.errors import Invalid
from lms.web.forms import BaseForm


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
