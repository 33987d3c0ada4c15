"""Forms of holding certificates back."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.certificates.holding import Cause
from lms.certificates.naming import HOLD_REASONS
from lms.web.forms import BaseForm, choices


class HoldForm(BaseForm):
    """Why a certificate is held back, and whether one that is issued should not count meanwhile."""

    reason = RadioField(
        _l("Reason"), [InputRequired(_l("Choose one."))], choices=choices(HOLD_REASONS)
    )
    reference = StringField(_l("Reference"), [Length(max=200)])
    suspends = BooleanField(_l("Suspend the certificate if it is issued already"))

    def cause(self) -> Cause:
        """What was said."""
        return Cause(self.reason.data, self.reference.data or "", suspends=self.suspends.data)


class ReleaseForm(BaseForm):
    """What came of it."""

    remark = TextAreaField(
        _l("What came of it"), [InputRequired(_l("Fill in this field.")), Length(max=1000)]
    )
