"""Forms of assessment."""

from decimal import Decimal
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from lms.web.forms import BaseForm, EditForm, choices

REQUIRED = _l("Fill in this field.")
EVIDENCE_LABELS = {
    "direct": _l("Direct observation or work product"),
    "indirect": _l("Indirect evidence"),
    "knowledge": _l("Knowledge"),
}


class SubmissionForm(BaseForm):
    """One file, and the declaration that it is the person's own work."""

    file = FileField(_l("Your work"), [FileRequired(_l("Choose a file."))])
    own_work = BooleanField(
        _l("This is my own work, and it names no client."),
        [InputRequired(_l("Confirm that this is your own work and names no client."))],
    )


class MarkingForm(EditForm):
    """Feedback; chosen levels and remarks are fields ``level-<criterion>``, ``comment-…``."""

    also: ClassVar[tuple[str, ...]] = ("level-", "comment-", "action")

    feedback = TextAreaField(_l("Feedback to the trainee"), [Optional(), Length(max=5000)])


class AssessmentForm(BaseForm):
    """A new assessment of a draft course."""

    code = StringField(_l("Assessment code"), [InputRequired(REQUIRED), Length(max=32)])
    title_ms = StringField(_l("Title in Malay"), [InputRequired(REQUIRED), Length(max=200)])
    title_en = StringField(_l("Title in English"), [InputRequired(REQUIRED), Length(max=200)])
    title_id = StringField(_l("Title in Indonesian"), [InputRequired(REQUIRED), Length(max=200)])
    instructions = TextAreaField(_l("Instructions"), [Optional(), Length(max=5000)])
    pass_mark = DecimalField(
        _l("Pass mark"),
        [InputRequired(REQUIRED), NumberRange(min=0, max=1000)],
        default=Decimal(60),
    )
    required = BooleanField(_l("The certificate asks for a pass in it"), default=True)


class RequiredForm(BaseForm):
    """Whether the certificate asks for a pass; the two buttons say which."""

    required = SelectField(validators=[AnyOf(["yes", "no"])], choices=["yes", "no"])


class CriterionForm(BaseForm):
    """A rubric line with four quality levels; choices are set by the view."""

    title_ms = StringField(_l("Criterion in Malay"), [InputRequired(REQUIRED), Length(max=200)])
    title_en = StringField(_l("Criterion in English"), [InputRequired(REQUIRED), Length(max=200)])
    title_id = StringField(
        _l("Criterion in Indonesian"), [InputRequired(REQUIRED), Length(max=200)]
    )
    weight = DecimalField(
        _l("Weight"), [InputRequired(REQUIRED), NumberRange(min=Decimal("0.01"), max=1000)]
    )
    item = SelectField(_l("Competency statement"), coerce=int)
    level = SelectField(
        _l("Level it stands for"), coerce=int, choices=choices({n: str(n) for n in range(1, 5)})
    )
    evidence = SelectField(_l("Evidence"), choices=choices(EVIDENCE_LABELS))
    mandatory = BooleanField(_l("Must be met"), default=True)
    descriptor_0 = TextAreaField(_l("Not yet: what it looks like"), [Optional(), Length(max=500)])
    descriptor_1 = TextAreaField(
        _l("Developing: what it looks like"), [Optional(), Length(max=500)]
    )
    descriptor_2 = TextAreaField(_l("Competent: what it looks like"), [Optional(), Length(max=500)])
    descriptor_3 = TextAreaField(_l("Strong: what it looks like"), [Optional(), Length(max=500)])
