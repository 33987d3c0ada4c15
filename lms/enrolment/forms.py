"""Forms of enrolment."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.catalogue.models import Offering
from lms.web.forms import BaseForm, choices

REQUIRED = _l("This is needed.")
SEAT_LABELS = {"in_person": _l("At the venue"), "online": _l("Online")}


class ActionForm(BaseForm):
    """A button: nothing but the token."""


class ReasonForm(BaseForm):
    """A button with words that are kept and shown to those concerned."""

    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=1000)])


class EnrolForm(BaseForm):
    """Which seat, where there are two kinds."""

    pool = RadioField(_l("How will you take part?"), [InputRequired(_l("Choose one."))])


class DecisionForm(BaseForm):
    """Agree or not; a refusal needs a reason."""

    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=1000)])


class CapacityForm(BaseForm):
    """How many seats of one kind there are."""

    capacity = IntegerField(_l("Seats"), [InputRequired(REQUIRED), NumberRange(0, 5000)])
    over = BooleanField(_l("Fewer seats than people have: nobody loses a seat"))


class TermsForm(BaseForm):
    """What holds for the people of an agency."""

    organisation = SelectField(_l("Agency"))
    quota = IntegerField(_l("At most so many seats"), [Optional(), NumberRange(0, 5000)])
    first = BooleanField(_l("Served before others in the queue"))


def enrol_form(offering: Offering) -> BaseForm:
    """The form of an offering: with a choice only where there is one."""
    if len(offering.pools) == 1:
        return ActionForm()
    form = EnrolForm()
    form.pool.choices = choices({p.public_id: SEAT_LABELS[p.mode] for p in offering.pools})
    return form
