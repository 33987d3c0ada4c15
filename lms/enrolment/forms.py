"""Forms of enrolment."""

from typing import ClassVar

from flask import request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from lms.catalogue.models import Offering, SeatPool
from lms.web.forms import ActionForm, BaseForm, choices

REQUIRED = _l("This is needed.")
SEAT_LABELS = {"in_person": _l("At the venue"), "online": _l("Online")}
_MARK = "presence-"
_ANSWERS = {"yes": _l("Yes"), "no": _l("No")}


class ReasonForm(BaseForm):
    """A button with words that are kept and shown to those concerned."""

    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=1000)])


class EnrolForm(BaseForm):
    """Which seat, where there are two kinds."""

    pool = RadioField(_l("How will you take part?"), [InputRequired(_l("Choose one."))])


class AnswerForm(BaseForm):
    """Yes or no, by two buttons."""

    decision = SelectField(
        _l("Answer"), [AnyOf(list(_ANSWERS), message=_l("Choose one."))], choices=choices(_ANSWERS)
    )

    @property
    def agreed(self) -> bool:
        """Whether it was yes."""
        return bool(self.decision.data == "yes")


class DecisionForm(AnswerForm):
    """Agree or not; a refusal needs a reason."""

    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=1000)])


class NominationForm(BaseForm):
    """Officers of a list, and where they take part."""

    also: ClassVar[tuple[str, ...]] = ("officer", "pool")

    def officers(self) -> list[str]:
        """The public ids that were chosen."""
        return request.form.getlist("officer")

    def pool(self) -> str | None:
        """The public id of the pool."""
        return request.form.get("pool")


class CapacityForm(BaseForm):
    """How many seats of one kind there are."""

    capacity = IntegerField(_l("Seats"), [InputRequired(REQUIRED), NumberRange(0, 5000)])
    over = BooleanField(_l("Fewer seats than people have: nobody loses a seat"))


class TermsForm(BaseForm):
    """What holds for the people of an agency."""

    organisation = SelectField(_l("Agency"))
    quota = IntegerField(_l("At most so many seats"), [Optional(), NumberRange(0, 5000)])
    first = BooleanField(_l("Served before others in the queue"))


class RollForm(BaseForm):
    """The roll: fields are named ``presence-<place>``."""

    also: ClassVar[tuple[str, ...]] = (_MARK,)

    def marks(self) -> dict[str, str]:
        """What was chosen, by the public id of the place."""
        chosen = request.form.items()
        return {name.removeprefix(_MARK): value for name, value in chosen if name.startswith(_MARK)}


def _kind(pool: SeatPool) -> str:
    if pool.free:
        told = ngettext("%(num)s seat is free", "%(num)s seats are free", pool.free)
    else:
        told = gettext("waiting list")
    return f"{SEAT_LABELS[pool.mode]} ({told})"


def enrol_form(offering: Offering) -> BaseForm:
    """The form of an offering: with a choice only where there is one."""
    if len(offering.pools) == 1:
        return ActionForm()
    form = EnrolForm()
    form.pool.choices = choices({pool.public_id: _kind(pool) for pool in offering.pools})
    return form
