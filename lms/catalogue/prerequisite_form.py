"""The form in which a draft says what it asks for beforehand."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.catalogue import prerequisites, queries, requirements
from lms.catalogue.models import CourseVersion
from lms.catalogue.prerequisites import Asked
from lms.catalogue.wording import group_words
from lms.people.wording import ROLES
from lms.standards import queries as standards_queries
from lms.web.forms import BaseForm, choices
from lms.web.i18n import local


class PrerequisiteForm(BaseForm):
    """One thing that is asked for; the choices are set by ``prerequisite_form``."""

    key = SelectField(_l("What is asked for"))
    least = IntegerField(_l("Level or years"), [Optional(), NumberRange(min=1, max=60)])
    group = SelectField(_l("How it counts"), coerce=int)

    def asked(self) -> Asked:
        """The form as the service wants it."""
        return Asked(self.key.data, self.group.data, self.least.data)


class RemovePrerequisiteForm(BaseForm):
    """A line to take out, by its public id."""

    line = StringField(validators=[InputRequired(), Length(max=32)])


def prerequisite_form(version: CourseVersion) -> PrerequisiteForm:
    """The form with what can be asked for, and the groups that are there."""
    form = PrerequisiteForm()
    form.key.choices = choices(_things(version))
    groups = requirements.grouped(prerequisites.of(version))
    form.group.choices = choices(
        {prerequisites.NEW_GROUP: _("It is required beside all others")}
        | {g[0].group_number: _("It is enough instead of: %(asked)s", asked=group_words(g))
           for g in groups}
    )  # fmt: skip
    return form


def _things(version: CourseVersion) -> dict[str, str]:
    things = {
        f"course:{one.course_id}": _(
            "Course completed: %(course)s", course=f"{one.course.code} {local(one.titles)}"
        )
        for one in queries.published_by(version.course.provider_id)
        if one.course_id != version.course_id
    }
    for item in standards_queries.units():
        named = f"{item.code} {local(item.statements)}"
        things[f"item:{item.id}"] = _("Competency: %(competency)s", competency=named)
    for role, label in ROLES.items():
        things[f"role:{role}"] = _("Role held: %(role)s", role=label)
    return things | {prerequisites.SERVICE: _("Years of service")}
