"""Forms of withdrawal."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.web.forms import BaseForm, choices

_REQUIRED = InputRequired(_l("Fill in this field."))
_WORDS = Length(max=2000)


class ReasonForm(BaseForm):
    """Why a certificate is suspended, reinstated or to be revoked."""

    reason = TextAreaField(_l("Reason"), [_REQUIRED, _WORDS])


class CorrectionForm(BaseForm):
    """The holder's right name, and how we know."""

    name = StringField(_l("Right name"), [_REQUIRED, Length(max=200)])
    reason = TextAreaField(_l("Reason"), [_REQUIRED, _WORDS])


class DecisionForm(BaseForm):
    """What the second person says."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose one."))],
        choices=choices({"agree": _l("Revoke the certificate"), "refuse": _l("Leave it as it is")}),
    )
    remark = TextAreaField(_l("Remark"), [_WORDS])
