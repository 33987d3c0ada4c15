"""The form of a course: what a version says in three languages, and what it leads to."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.catalogue.forms import (
    CERTIFICATE_LABELS,
    KIND_LABELS,
    LANGUAGE_LABELS,
    MODE_LABELS,
    REQUIRED,
)
from lms.catalogue.kinds import CourseKind
from lms.catalogue.models import CourseVersion
from lms.catalogue.service import CourseFacts
from lms.kernel.text import LANGUAGES
from lms.web.forms import BaseForm, EditForm, choices

LINES = [Optional(), Length(max=8000)]
UNEQUAL = _l("Write as many lines as in the other languages, or none.")
NO_MINUTES = _l("Write one whole number for each part, 0 where it is not known, or nothing at all.")


def lines_of(text: str | None) -> list[str]:
    """What stands in a field with one thing a line; empty lines do not count."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6


class CourseForm(BaseForm):
    """What a course version says, in three languages."""

    code = StringField(
        _l("Course code"),
        [
            InputRequired(REQUIRED),
            Length(max=32),
            Regexp(r"^[A-Za-z0-9-]+$", message=_l("Use letters, digits and hyphens.")),
        ],
    )
    kind = SelectField(_l("Kind"), choices=choices(KIND_LABELS))
    title_ms = StringField(_l("Title in Malay"), [InputRequired(REQUIRED), Length(max=200)])
    title_en = StringField(_l("Title in English"), [InputRequired(REQUIRED), Length(max=200)])
    title_id = StringField(_l("Title in Indonesian"), [InputRequired(REQUIRED), Length(max=200)])
    summary_ms = TextAreaField(_l("Summary in Malay"), [Optional(), Length(max=2000)])
    summary_en = TextAreaField(_l("Summary in English"), [Optional(), Length(max=2000)])
    summary_id = TextAreaField(_l("Summary in Indonesian"), [Optional(), Length(max=2000)])
    hours = DecimalField(
        _l("Training hours"), [InputRequired(REQUIRED), NumberRange(min=Decimal("0.25"), max=5000)]
    )
    credit = DecimalField(
        _l("Credit"), [InputRequired(REQUIRED), NumberRange(min=0, max=500)], places=2
    )
    cpd = DecimalField(
        _l("CPD points"), [InputRequired(REQUIRED), NumberRange(min=0, max=500)], places=2
    )
    mode = SelectField(_l("How people meet"), choices=choices(MODE_LABELS))
    certificate = SelectField(_l("What it leads to"), choices=choices(CERTIFICATE_LABELS))
    languages = SelectMultipleField(
        _l("Languages of teaching"),
        [InputRequired(_l("Choose at least one language."))],
        choices=choices(LANGUAGE_LABELS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        default=["ms"],
    )
    outcomes_ms = TextAreaField(_l("Outcomes in Malay"), LINES)
    outcomes_en = TextAreaField(_l("Outcomes in English"), LINES)
    outcomes_id = TextAreaField(_l("Outcomes in Indonesian"), LINES)
    contents_ms = TextAreaField(_l("Contents in Malay"), LINES)
    contents_en = TextAreaField(_l("Contents in English"), LINES)
    contents_id = TextAreaField(_l("Contents in Indonesian"), LINES)
    contents_minutes = TextAreaField(_l("Minutes of each part"), LINES)
    validity_months = IntegerField(
        _l("Validity in months"), [Optional(), NumberRange(min=1, max=600)]
    )
    attendance_percent = IntegerField(
        _l("Attendance in percent"),
        [InputRequired(REQUIRED), NumberRange(min=0, max=100)],
        default=80,
    )
    survey_needed = BooleanField(_l("The survey at the end must be returned"))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Beside each field by itself: what stands in lines fits together."""
        valid = bool(super().validate(extra_validators))
        for name in ("outcomes", "contents"):
            most = self._most(name)
            for field in (self[f"{name}_{language}"] for language in LANGUAGES):
                if lines_of(field.data) and len(lines_of(field.data)) != most:
                    field.errors = [*field.errors, UNEQUAL]
                    valid = False
        minutes = lines_of(self.contents_minutes.data)
        if minutes and (
            len(minutes) != self._most("contents") or not all(map(_is_number, minutes))
        ):
            self.contents_minutes.errors = [*self.contents_minutes.errors, NO_MINUTES]
            valid = False
        return valid

    def facts(self) -> CourseFacts:
        """The form as the service wants it."""
        cent = Decimal("0.01")
        return CourseFacts(
            titles=self._texts("title"),
            summaries=self._texts("summary"),
            minutes=int((self.hours.data or Decimal(0)) * 60),
            credit=(self.credit.data or Decimal(0)).quantize(cent),
            cpd=(self.cpd.data or Decimal(0)).quantize(cent),
            mode=self.mode.data,
            certificate=self.certificate.data,
            validity_months=self.validity_months.data,
            outcomes=self._rows("outcomes"),
            contents=self._parts(),
            languages=[code for code in LANGUAGE_LABELS if code in self.languages.data],
            attendance_percent=self.attendance_percent.data or 0,
            survey_needed=bool(self.survey_needed.data),
        )

    def _most(self, name: str) -> int:
        return max(len(lines_of(self[f"{name}_{language}"].data)) for language in LANGUAGES)

    def _rows(self, name: str) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = [{} for _ in range(self._most(name))]
        for language in LANGUAGES:
            for row, text in zip(rows, lines_of(self[f"{name}_{language}"].data), strict=False):
                row[language] = text
        return rows

    def _parts(self) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = [{"title": title} for title in self._rows("contents")]
        minutes = lines_of(self.contents_minutes.data)
        for part, number in zip(parts, minutes, strict=False):
            if int(number):
                part["minutes"] = int(number)
        return parts

    def course_kind(self) -> CourseKind:
        """The chosen kind."""
        return CourseKind(self.kind.data)

    def _texts(self, name: str) -> dict[str, str]:
        words = {
            language: (self[f"{name}_{language}"].data or "").strip() for language in LANGUAGES
        }
        return {language: text for language, text in words.items() if text}


class CourseEditForm(EditForm, CourseForm):
    """A draft that is written already."""


def course_data(version: CourseVersion) -> dict[str, object]:
    """A draft as the fields of the course form."""
    minutes = [part.get("minutes", 0) for part in version.contents]
    data: dict[str, object] = {
        "row_version": version.row_version,
        "code": version.course.code,
        "kind": version.course.kind,
        "hours": Decimal(version.minutes) / 60,
        "credit": version.credit,
        "cpd": version.cpd,
        "mode": version.mode,
        "certificate": version.certificate,
        "languages": version.languages,
        "validity_months": version.validity_months,
        "attendance_percent": version.attendance_percent,
        "survey_needed": version.survey_needed,
        "contents_minutes": "\n".join(map(str, minutes)) if any(minutes) else "",
    }
    for language in LANGUAGES:
        data[f"title_{language}"] = version.titles.get(language, "")
        data[f"summary_{language}"] = version.summaries.get(language, "")
        data[f"outcomes_{language}"] = _column(version.outcomes, language)
        data[f"contents_{language}"] = _column([p["title"] for p in version.contents], language)
    return data


def _column(rows: list[dict[str, str]], language: str) -> str:
    return "\n".join(row[language] for row in rows if row.get(language))
