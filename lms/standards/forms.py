"""Forms of framework import."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from lms.web.forms import BaseForm


class ImportForm(BaseForm):
    """One file, CSV or CASE JSON."""

    file = FileField(_l("Framework file"), [FileRequired(_l("Choose a file."))])
