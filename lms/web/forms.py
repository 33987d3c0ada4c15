"""The form every feature builds on, and the protection of forms against forgery.

No request carries a field that nobody asked for: a view states the forms it ``takes``, which refuse
the names they do not know, and a view that states none takes nothing but the token and
the key of the request.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from flask import Flask, g, request
from flask_babel.speaklater import LazyString
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from wtforms import Field, IntegerField
from wtforms.fields.choices import SelectChoice, SelectFieldBase
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from lms.kernel.errors import Invalid
from lms.web.auth_guard import request_view
from lms.web.messages import sentence

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN = "csrf_token"  # noqa: S105  # the name of its field
REQUEST_KEY = "request_key"
"""By which a request sent twice is known (``lms.repeats``); every form may carry it."""
CONFIRMATION, SIGNED = "confirmation", "signed"
"""Fields in which people prove again who they are; every view marked ``confirmed`` may get them."""
INVALID_ANSWER = 422
"""The status of a page that shows a form again because of what was typed."""

_OURS = frozenset({TOKEN, REQUEST_KEY})
_WITH_PROOF = _OURS | {CONFIRMATION, SIGNED}

protection = CSRFProtect()
"""An API that takes no cookies exempts its blueprint: ``protection.exempt(bp)``."""


class _TokenWhenShown(_FlaskFormCSRF):
    """A form that was sent needs a new token only when it is shown again."""

    def generate_csrf_token(self, csrf_token_field: Field) -> Any:  # noqa: ANN401
        if g.get("csrf_valid", False):
            return LazyString(super().generate_csrf_token, csrf_token_field)
        return super().generate_csrf_token(csrf_token_field)


class BaseForm(FlaskForm):
    """A form that refuses names it does not know, and can be told what a service refused.

    ``also`` names what the view reads beside the fields; with a hyphen at its end, a beginning.
    """

    class Meta(FlaskForm.Meta):
        """How the library makes the form."""

        csrf_class = _TokenWhenShown

    also: ClassVar[tuple[str, ...]] = ()
    _unknown = False

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Take what was sent, and note whether it has names that are not known here."""
        formdata = self.meta.wrap_formdata(self, formdata)
        self._unknown = any(not self._knows(name) for name in formdata or ())
        super().process(formdata, *args, **kwargs)

    def _knows(self, name: str) -> bool:
        beginnings = tuple(one for one in self.also if one.endswith("-"))
        return name in _always() or name in self or name in self.also or name.startswith(beginnings)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Each field by itself, and no field beside them; the answer to a GET may have more."""
        valid = bool(super().validate(extra_validators))
        if self._unknown and self.is_submitted():
            self.form_errors.append(sentence("unknown-field"))
            return False
        return valid

    def insist(self) -> None:
        """For views that have no page to show the form on: raises Invalid unless it is sound."""
        if not self.validate_on_submit():
            raise Invalid("unknown-field" if self._unknown else "invalid")

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


class ActionForm(BaseForm):
    """A button: nothing but the token."""


def pressed() -> bool:
    """Whether such a button was pressed and nothing else sent; without making the form.

    The token was looked at before the view began.
    """
    return request.method not in SAFE_METHODS and not _unasked()


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


def takes(*forms: type[BaseForm]) -> Callable[[View], View]:
    """State the forms a view validates; they refuse, with what was typed still before the person.

    A view that states none takes nothing but the token.
    """

    def decorate(view: View) -> View:
        view.takes = forms  # type: ignore[attr-defined]
        return view

    return decorate


def _always() -> frozenset[str]:
    confirmed = getattr(request_view(), "confirmed", False)
    return _WITH_PROOF if confirmed else _OURS


def _refuse_fields() -> None:
    if request.method in SAFE_METHODS or hasattr(request_view(), "takes"):
        return
    if _unasked():
        raise Invalid("unknown-field")


def _unasked() -> bool:
    sent: Iterable[str] = (*request.form, *request.files)
    return not _always().issuperset(sent)


def init_app(app: Flask) -> None:
    """Refuse unsafe requests that carry no token of ours, or fields that no form asked for."""
    protection.init_app(app)
    app.before_request(_refuse_fields)
