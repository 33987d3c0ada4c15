"""Forms of verification and issue."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import BaseForm


class CodeForm(BaseForm):
    """A verification code, typed or pasted."""

    code = StringField(
        _l("Verification code"),
        [InputRequired(_l("Enter the code printed on the certificate.")), Length(max=200)],
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        },
    )


class FileForm(BaseForm):
    """The certificate as a PDF."""

    file = FileField(_l("The certificate as a PDF file"), [FileRequired(_l("Choose a file."))])
