"""The form of a document."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import BaseForm, choices

AUDIENCES = {
    "places": _l("People with a seat"),
    "everybody": _l("Everybody"),
}


class DocumentForm(BaseForm):
    """A file, what it is called, and who reads it."""

    title = StringField(_l("Title"), [InputRequired(_l("Fill in this field.")), Length(max=200)])
    audience = SelectField(_l("Who may read it"), choices=choices(AUDIENCES))
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
