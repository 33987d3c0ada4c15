"""Forms of mappings, offerings and their staff, and what the choices are called."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.catalogue.models import CourseVersion
from lms.catalogue.service import OfferingFacts
from lms.catalogue.wording import APPROVER_LABELS
from lms.standards import queries as standards_queries
from lms.web.forms import BaseForm, choices
from lms.web.i18n import local

REQUIRED = _l("Fill in this field.")
KIND_LABELS = {
    "short": _l("Short course"),
    "medium": _l("Medium course"),
    "postgraduate": _l("Postgraduate module"),
    "event": _l("Symposium"),
}
MODE_LABELS = {
    "in_person": _l("In person"),
    "online": _l("Online"),
    "hybrid": _l("Hybrid"),
}
CERTIFICATE_LABELS = {
    "attendance": _l("Certificate of attendance"),
    "completion": _l("Certificate of completion"),
    "competence": _l("Certificate of competence"),
}
LANGUAGE_LABELS = {
    "ms": _l("Malay"),
    "en": _l("English"),
    "id": _l("Indonesian"),
}
ROLE_LABELS = {
    "introduced": _l("Introduced"),
    "developed": _l("Developed"),
    "assessed": _l("Assessed"),
}


class MappingForm(BaseForm):
    """A statement, what the course does with it, and the level; choices are set by the view."""

    item = SelectField(_l("Competency statement"), coerce=int)
    role = SelectField(_l("What the course does with it"), choices=choices(ROLE_LABELS))
    level = SelectField(_l("Level"), coerce=int)


class OfferingForm(BaseForm):
    """An intake: dates, venue, seats, and when people may enrol."""

    code = StringField(
        _l("Offering code"),
        [
            InputRequired(REQUIRED),
            Length(max=48),
            Regexp(r"^[A-Za-z0-9-]+$", message=_l("Use letters, digits and hyphens.")),
        ],
    )
    starts_on = DateField(_l("First day"), [InputRequired(REQUIRED)])
    days = IntegerField(
        _l("Number of days"), [InputRequired(REQUIRED), NumberRange(min=1, max=60)], default=5
    )
    venue = StringField(_l("Venue"), [InputRequired(REQUIRED), Length(max=200)])
    capacity = IntegerField(
        _l("Seats"), [InputRequired(REQUIRED), NumberRange(min=1, max=5000)], default=25
    )
    online_capacity = IntegerField(
        _l("Seats online"), [Optional(), NumberRange(min=0, max=5000)], default=0
    )
    offer_hours = IntegerField(
        _l("Hours to answer an offered seat"), [Optional(), NumberRange(min=1, max=720)], default=48
    )
    approvals = SelectMultipleField(
        _l("Who agrees before somebody gets a seat"),
        choices=choices(APPROVER_LABELS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    opens_on = DateField(_l("Enrolment opens on"), [InputRequired(REQUIRED)])
    closes_on = DateField(_l("Enrolment closes at the end of"), [InputRequired(REQUIRED)])

    def facts(self, zone: str) -> OfferingFacts:
        """The form as the service wants it; days begin and end in the provider's zone."""
        opens = datetime.combine(self.opens_on.data, time(0), tzinfo=ZoneInfo(zone))
        closes = datetime.combine(self.closes_on.data, time(23, 59, 59), tzinfo=ZoneInfo(zone))
        return OfferingFacts(
            code=self.code.data or "",
            starts_on=self.starts_on.data,
            days=self.days.data or 1,
            venue=self.venue.data or "",
            capacity=self.capacity.data or 1,
            online_capacity=self.online_capacity.data or 0,
            offer_hours=self.offer_hours.data,
            approvals=tuple(self.approvals.data or ()),
            opens_at=opens.astimezone(UTC),
            closes_at=closes.astimezone(UTC),
        )


class UnmapForm(BaseForm):
    """A statement to take out of a draft."""

    item = IntegerField(validators=[InputRequired(REQUIRED)])


class SendForm(BaseForm):
    """What the reviewer should know."""

    note = TextAreaField(_l("Note to the reviewer"), [Optional(), Length(max=1000)])


class RemarksForm(BaseForm):
    """What has to be changed before a draft can be published."""

    remarks = TextAreaField(_l("Remarks"), [InputRequired(REQUIRED), Length(max=1000)])


class RetireForm(BaseForm):
    """Why a course is no longer offered."""

    reason = TextAreaField(_l("Reason"), [InputRequired(REQUIRED), Length(max=1000)])


class CancelForm(BaseForm):
    """Why an offering does not take place."""

    reason = TextAreaField(_l("Reason"), [InputRequired(REQUIRED), Length(max=1000)])


class MoveForm(BaseForm):
    """Another first day, another venue; the box is shown once something stands in the way."""

    accepted = BooleanField(_l("I know, and it is meant"))
    starts_on = DateField(_l("First day"), [InputRequired(REQUIRED)])
    venue = StringField(_l("Venue"), [InputRequired(REQUIRED), Length(max=200)])


def mapping_form(version: CourseVersion) -> MappingForm:
    """The form with the units of all frameworks and their levels to choose from."""
    form = MappingForm()
    mapped = {mapping.item_id for mapping in version.mappings}
    units: dict[int, str] = {}
    ranks = {1}
    for framework in standards_queries.frameworks():
        items = standards_queries.items_of(framework)
        ranks |= {item.rank or 1 for item in items if item.kind == "Level"}
        units |= {
            item.id: f"{item.code} {local(item.statements)}"
            for item in items
            if item.kind == "Unit" and item.id not in mapped
        }
    form.item.choices = choices(units)
    form.level.choices = choices({rank: str(rank) for rank in sorted(ranks)})
    return form
