"""The form every feature builds on, and the protection of forms against forgery."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import Field, IntegerField
from wtforms.fields.choices import SelectChoice, SelectFieldBase
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from lms.kernel.errors import Invalid
from lms.web.messages import sentence

INVALID_ANSWER = 422
"""The status of a page that shows a form again because of what was typed."""

protection = CSRFProtect()
"""An API that takes no cookies exempts its blueprint: ``protection.exempt(bp)``."""


class BaseForm(FlaskForm):
    """A form that can be told what a service refused."""

    def apply(self, error: Invalid) -> None:
        """Put each refusal at its field; what has no field here concerns the whole form."""
        for name, code in error.fields.items():
            text = sentence(code, **error.params)
            if name in self:
                field = self[name]
                field.errors = [*field.errors, text]
            else:
                self.form_errors.append(text)
        if not error.fields:
            self.form_errors.append(sentence(error.code, **error.params))


class EditForm(BaseForm):
    """A form over a record that others may edit too: it says which state of it was seen."""

    row_version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    @property
    def seen(self) -> int:
        """The state the person saw; nobody has seen the state 0."""
        return self.row_version.data or 0

    def overtaken(self, row_version: int) -> None:
        """Say that somebody was quicker; sent once more, the form replaces what is saved now."""
        self.saw(row_version)
        self.apply(Invalid("stale"))

    def saw(self, row_version: int) -> None:
        """The person has this state before them from now on."""
        self.row_version.raw_data = None
        self.row_version.data = row_version


@dataclass(frozen=True)
class Saved:
    """What a record says where a form would say something else."""

    label: object
    value: str


def differences(mine: BaseForm, saved: BaseForm) -> list[Saved]:
    """The fields in which two forms of one kind differ, with what the second says."""
    return [
        Saved(theirs.label.text, _shown(theirs))
        for theirs in saved
        if not isinstance(theirs.widget, HiddenInput)
        and _plain(mine[theirs.name].data) != _plain(theirs.data)
    ]


def _plain(data: object) -> object:
    # A browser ends lines in its own way, and an empty field is no value.
    return ("\n".join(data.splitlines()).strip() if isinstance(data, str) else data) or None


def _shown(field: Field) -> str:
    if isinstance(field, SelectFieldBase):
        return ", ".join(str(option.label.text) for option in field if option.checked)
    return str(field._value())  # noqa: SLF001  # as the input would show it


def choices(labels: Mapping[Any, object]) -> list[SelectChoice]:
    """The choices of a select field, from values and their labels."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def init_app(app: Flask) -> None:
    """Refuse unsafe requests that carry no token of ours."""
    protection.init_app(app)
