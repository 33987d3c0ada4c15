"""Forms of programmes."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, Regexp

from lms.catalogue.models import CourseVersion
from lms.kernel.text import LANGUAGES
from lms.programmes.models import Programme, ProgrammeState
from lms.programmes.service import ProgrammeFacts
from lms.programmes.wording import ASKED, AWARDS
from lms.web.forms import BaseForm, choices
from lms.web.i18n import local

_REQUIRED = [InputRequired(_l("Fill in this field."))]
_TITLE = [*_REQUIRED, Length(max=200)]
_TEXT = [Optional(), Length(max=2000)]
_CENT = Decimal("0.01")


class _ThreeLanguages(BaseForm):
    title_ms = StringField(_l("Title in Malay"), _TITLE)
    title_en = StringField(_l("Title in English"), _TITLE)
    title_id = StringField(_l("Title in Indonesian"), _TITLE)

    def texts(self, name: str) -> dict[str, str]:
        """The fields of a name in the languages in which something was written."""
        said = {each: (self[f"{name}_{each}"].data or "").strip() for each in LANGUAGES}
        return {each: text for each, text in said.items() if text}


class ProgrammeForm(_ThreeLanguages):
    """What a programme says, in three languages."""

    award = SelectField(_l("What it leads to"), choices=choices(AWARDS))
    summary_ms = TextAreaField(_l("Summary in Malay"), _TEXT)
    summary_en = TextAreaField(_l("Summary in English"), _TEXT)
    summary_id = TextAreaField(_l("Summary in Indonesian"), _TEXT)
    entry_ms = TextAreaField(_l("Who may begin, in Malay"), _TEXT)
    entry_en = TextAreaField(_l("Who may begin, in English"), _TEXT)
    entry_id = TextAreaField(_l("Who may begin, in Indonesian"), _TEXT)
    credits = DecimalField(
        _l("Credits that are needed"), [*_REQUIRED, NumberRange(min=Decimal("0.5"), max=500)]
    )
    most_months = IntegerField(
        _l("Longest duration in months"), [Optional(), NumberRange(min=1, max=240)]
    )

    level = IntegerField(
        _l("Level of the award in the qualifications framework (MQF)"),
        [Optional(), NumberRange(min=1, max=8)],
    )

    def facts(self) -> ProgrammeFacts:
        """The form as the service wants it."""
        return ProgrammeFacts(
            award=self.award.data,
            titles=self.texts("title"),
            summaries=self.texts("summary"),
            entry=self.texts("entry"),
            credits=(self.credits.data or Decimal(0)).quantize(_CENT),
            most_months=self.most_months.data,
            level=self.level.data,
        )


class NewProgrammeForm(ProgrammeForm):
    """A programme with its code, which stays."""

    code = StringField(
        _l("Programme code"),
        [
            *_REQUIRED,
            Length(max=32),
            Regexp(r"^[A-Za-z0-9-]+$", message=_l("Use letters, digits and hyphens.")),
        ],
    )


class GroupForm(_ThreeLanguages):
    """A group, and how much of it is asked for."""

    asked = SelectField(_l("What is to be completed"), choices=choices(ASKED))
    least = DecimalField(_l("How many"), [Optional(), NumberRange(min=Decimal("0.5"), max=500)])


class CourseOfGroupForm(BaseForm):
    """A course to add; choices are set by ``course_form``."""

    course = SelectField(_l("Course"), [InputRequired(_l("Choose a course."))])
    term = IntegerField(_l("Usual term"), [Optional(), NumberRange(min=1, max=20)])


class RemoveForm(BaseForm):
    """The code of a course to take out; its button sends it."""

    code = StringField(validators=[InputRequired(), Length(max=32)])


class StateForm(BaseForm):
    """The state to come to; its buttons say which."""

    state = SelectField(
        choices=[each.value for each in ProgrammeState],
        validators=[AnyOf([each.value for each in ProgrammeState])],
    )


def course_form(versions: list[CourseVersion]) -> CourseOfGroupForm:
    """The form with the courses to choose from."""
    form = CourseOfGroupForm()
    form.course.choices = choices(
        {one.course.public_id: f"{one.course.code} {local(one.titles)}" for one in versions}
    )
    return form


def data_of(programme: Programme) -> dict[str, object]:
    """A draft as the fields of its form."""
    data: dict[str, object] = {
        "award": programme.award,
        "credits": programme.credits,
        "most_months": programme.most_months,
        "level": programme.level,
    }
    for language in LANGUAGES:
        data[f"title_{language}"] = programme.titles.get(language, "")
        data[f"summary_{language}"] = programme.summaries.get(language, "")
        data[f"entry_{language}"] = programme.entry.get(language, "")
    return data
