"""Forms of offerings without dates and of interest in them."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.catalogue.models import Offering
from lms.demand.service import MOST_PEOPLE
from lms.web.filters import day_range
from lms.web.forms import BaseForm, choices

_REQUIRED = _l("Fill in this field.")


class AnnounceForm(BaseForm):
    """Roughly when and where."""

    expected = StringField(_l("Expected"), [InputRequired(_REQUIRED), Length(max=120)])
    venue = StringField(_l("Venue"), [Optional(), Length(max=200)])


class InterestForm(BaseForm):
    """How many officers of the agency would come; for coordinators only."""

    people = IntegerField(
        _l("Officers of your agency who would come"),
        [Optional(), NumberRange(min=1, max=MOST_PEOPLE)],
    )


class SettleForm(BaseForm):
    """The offering that has the dates; choices are set by ``settle_form``."""

    offering = SelectField(_l("Offering with the dates"))


class DropForm(BaseForm):
    """Why it does not take place."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_REQUIRED), Length(max=1000)])


def settle_form(offerings: list[Offering]) -> SettleForm:
    """The form with the open offerings of the course to choose from."""
    form = SettleForm()
    form.offering.choices = choices(
        {
            each.public_id: f"{each.code}: {day_range(each.starts_on, each.ends_on)}, {each.venue}"
            for each in offerings
        }
    )
    return form
