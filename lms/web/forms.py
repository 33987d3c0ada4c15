"""The form every feature builds on, and the protection of forms against forgery."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect, FlaskForm
from wtforms.fields.choices import SelectChoice

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


def choices(labels: Mapping[Any, object]) -> list[SelectChoice]:
    """The choices of a select field, from values and their labels."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def init_app(app: Flask) -> None:
    """Refuse unsafe requests that carry no token of ours."""
    protection.init_app(app)
