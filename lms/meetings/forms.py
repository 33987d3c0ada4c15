"""The file of a meeting tool."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from lms.web.forms import BaseForm


class MeetingFileForm(BaseForm):
    """A file, and whether it goes before what the roll says already."""

    file = FileField(_l("File of the meeting tool"), [FileRequired(_l("Choose a file."))])
    replace = BooleanField(_l("Replace what the roll says already"))
