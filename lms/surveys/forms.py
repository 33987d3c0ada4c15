"""The form of the survey."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.surveys.rules import LONGEST_REMARK, RATINGS, REMARKS
from lms.surveys.wording import RATING_LABELS, REMARK_LABELS, SCALE
from lms.web.forms import BaseForm, choices

_CHOICES = choices({str(rating): label for rating, label in SCALE.items()})
_NEEDED = [InputRequired(_l("Choose an answer."))]
_TEXT = [Optional(), Length(max=LONGEST_REMARK)]


class SurveyForm(BaseForm):
    """A rating for each statement, and what else a person wants to say."""

    useful = RadioField(RATING_LABELS["useful"], _NEEDED, choices=_CHOICES)
    clear = RadioField(RATING_LABELS["clear"], _NEEDED, choices=_CHOICES)
    trainers = RadioField(RATING_LABELS["trainers"], _NEEDED, choices=_CHOICES)
    materials = RadioField(RATING_LABELS["materials"], _NEEDED, choices=_CHOICES)
    organisation = RadioField(RATING_LABELS["organisation"], _NEEDED, choices=_CHOICES)
    recommend = RadioField(RATING_LABELS["recommend"], _NEEDED, choices=_CHOICES)
    helped = TextAreaField(REMARK_LABELS["helped"], _TEXT)
    better = TextAreaField(REMARK_LABELS["better"], _TEXT)

    def ratings(self) -> dict[str, int]:
        """What was chosen, by question."""
        return {name: int(self[name].data) for name in RATINGS}

    def remarks(self) -> dict[str, str]:
        """What was written, by question."""
        return {name: (self[name].data or "").strip() for name in REMARKS}
