"""Forms of sheets."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from lms.web.forms import BaseForm


class SheetForm(BaseForm):
    """A table to upload."""

    file = FileField(_l("CSV file"), [FileRequired(_l("Choose a file."))])
