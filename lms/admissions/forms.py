"""Forms of admission."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.admissions.intakes import IntakeFacts
from lms.admissions.models import Intake
from lms.admissions.service import Qualification
from lms.admissions.wording import KINDS, LEVELS
from lms.web.forms import BaseForm, EditForm, choices

_REQUIRED = [InputRequired(_l("Fill in this field."))]
_YEARS = [Optional(), NumberRange(min=0, max=40)]
ROUTES = (7, 6, 5, 4, 3)
"""Levels for which an intake can ask for years of practice."""


class IntakeForm(BaseForm):
    """What an intake says."""

    name = StringField(_l("Name of the intake"), [*_REQUIRED, Length(max=80)])
    begins_on = DateField(_l("Studies begin on"), _REQUIRED)
    opens_on = DateField(_l("Applications from"), _REQUIRED)
    closes_on = DateField(_l("Applications until the end of"), _REQUIRED)
    places = IntegerField(_l("Places"), [*_REQUIRED, NumberRange(min=1, max=5000)], default=20)
    years_7 = IntegerField(_l("With a master's degree (level 7)"), _YEARS)
    years_6 = IntegerField(_l("With a bachelor's degree (level 6)"), _YEARS)
    years_5 = IntegerField(_l("With an advanced diploma (level 5)"), _YEARS)
    years_4 = IntegerField(_l("With a diploma (level 4)"), _YEARS)
    years_3 = IntegerField(_l("With a school leaving certificate (level 3)"), _YEARS)
    transcripts = IntegerField(
        _l("Transcripts at least"), [InputRequired(), NumberRange(min=0, max=5)], default=1
    )
    letters = IntegerField(
        _l("Letters of reference at least"), [InputRequired(), NumberRange(min=0, max=5)], default=2
    )
    interview = BooleanField(_l("A place is offered only after an interview"), default=True)
    quorum = IntegerField(
        _l("Members who must have recommended something"),
        [*_REQUIRED, NumberRange(min=1, max=15)],
        default=2,
    )
    offer_days = IntegerField(
        _l("Days to answer an offer"), [*_REQUIRED, NumberRange(min=1, max=90)], default=14
    )

    def facts(self, zone: str) -> IntakeFacts:
        """The form as the service wants it; days begin and end in the provider's zone."""
        opens = datetime.combine(self.opens_on.data, time(0), tzinfo=ZoneInfo(zone))
        closes = datetime.combine(self.closes_on.data, time(23, 59, 59), tzinfo=ZoneInfo(zone))
        years = {level: self[f"years_{level}"].data for level in ROUTES}
        return IntakeFacts(
            name=(self.name.data or "").strip(),
            begins_on=self.begins_on.data,
            opens_at=opens.astimezone(UTC),
            closes_at=closes.astimezone(UTC),
            places=self.places.data or 1,
            routes={str(level): least for level, least in years.items() if least is not None},
            transcripts=self.transcripts.data or 0,
            letters=self.letters.data or 0,
            interview=self.interview.data,
            quorum=self.quorum.data or 1,
            offer_days=self.offer_days.data or 1,
        )


class IntakeEditForm(EditForm, IntakeForm):
    """What an intake says, over what somebody else may change meanwhile."""


def data_of(intake: Intake) -> dict[str, object]:
    """An intake as the fields of its form."""
    zone = ZoneInfo(intake.zone)
    names = ("name", "begins_on", "places", "transcripts", "letters", "interview", "quorum")
    return {
        **{name: getattr(intake, name) for name in (*names, "offer_days", "row_version")},
        "opens_on": intake.opens_at.astimezone(zone).date(),
        "closes_on": intake.closes_at.astimezone(zone).date(),
        **{f"years_{level}": years for level, years in intake.routes.items()},
    }


class QualificationForm(BaseForm):
    """The highest qualification, and how long somebody has practised."""

    qualification = StringField(_l("Highest qualification"), [*_REQUIRED, Length(max=200)])
    institution = StringField(_l("Where you got it"), [*_REQUIRED, Length(max=200)])
    level = SelectField(_l("Its level"), choices=choices(LEVELS), coerce=int, default=6)
    years = IntegerField(
        _l("Years of practice in social work"),
        [InputRequired(_l("Fill in this field.")), NumberRange(min=0, max=60)],
    )

    def facts(self) -> Qualification:
        """The form as the service wants it."""
        return Qualification(
            qualification=(self.qualification.data or "").strip(),
            institution=(self.institution.data or "").strip(),
            level=self.level.data,
            years=self.years.data or 0,
        )


class StatementForm(BaseForm):
    """Why; and why in spite of the entry rules."""

    statement = TextAreaField(
        _l("Why do you want to study this, and what will you do with it?"),
        [*_REQUIRED, Length(max=6000)],
    )
    plea = TextAreaField(
        _l("Why should you be considered although you meet no entry rule?"),
        [Optional(), Length(max=3000)],
    )


class PapersForm(BaseForm):
    """A document, and what it is."""

    kind = SelectField(_l("What it is"), choices=choices(KINDS))
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class ChooseForm(BaseForm):
    """The time that is chosen; choices are set by the view."""

    slot = RadioField(_l("When can you come?"), [InputRequired(_l("Choose a time."))])


class AnswerForm(BaseForm):
    """Whether the place is taken; its buttons say."""

    decision = SelectField(choices=["yes", "no"])


class WithdrawForm(BaseForm):
    """Why, for those who plan; may stay empty."""

    reason = TextAreaField(_l("Why? You need not say."), [Optional(), Length(max=500)])


class SlotForm(BaseForm):
    """A time for an interview."""

    day = DateField(_l("Day"), _REQUIRED)
    begins = TimeField(_l("From"), _REQUIRED)
    ends = TimeField(_l("Until"), _REQUIRED)
    place = StringField(_l("Room or link"), [*_REQUIRED, Length(max=200)])

    def times(self, zone: str) -> tuple[datetime, datetime]:
        """Beginning and end in UTC."""
        here = ZoneInfo(zone)
        begins, ends = (
            datetime.combine(self.day.data, each.data, tzinfo=here).astimezone(UTC)
            for each in (self.begins, self.ends)
        )
        return begins, ends


class MemberForm(BaseForm):
    """Who joins the committee, or leaves it."""

    person = SelectField(_l("Person"), [InputRequired(_l("Choose somebody."))])


class RecommendForm(BaseForm):
    """What a member recommends, and why."""

    admit = RadioField(
        _l("What do you recommend?"),
        [InputRequired(_l("Choose one."))],
        choices=choices({"yes": _l("Offer a place"), "no": _l("Do not admit")}),
    )
    reason = TextAreaField(_l("Why?"), [*_REQUIRED, Length(max=3000)])


class CallOffForm(BaseForm):
    """Why an interview does not take place at the chosen time."""

    why = TextAreaField(
        _l("Why it does not take place then"), [InputRequired(_l("Say why.")), Length(max=1000)]
    )


class DecideForm(BaseForm):
    """What is done with an application; ``reason`` is read by the applicant."""

    deed = SelectField(choices=["returned", "invited", "offered", "refused"])
    reason = TextAreaField(_l("Words to the applicant"), [Optional(), Length(max=3000)])
