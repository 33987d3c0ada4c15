"""Forms of enrolment."""

from typing import ClassVar

from flask import request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from lms.catalogue.models import ClassSession, Offering, SeatPool
from lms.enrolment import roll_file
from lms.enrolment.models import Presence
from lms.enrolment.roll_file import RollFile
from lms.enrolment.rules import Mark
from lms.enrolment.wording import PRESENCE_LABELS
from lms.kernel.errors import Invalid
from lms.web.forms import ActionForm, BaseForm, choices

REQUIRED = _l("This is needed.")
SEAT_LABELS = {"in_person": _l("At the venue"), "online": _l("Online")}
_MARK, _MINUTES = "presence-", "minutes-"
_ANSWERS = {"yes": _l("Yes"), "no": _l("No")}


class ReasonForm(BaseForm):
    """A button with words that are kept and shown to those concerned."""

    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=1000)])


_WHY = [InputRequired(_l("Say why.")), Length(max=1000)]


class SubstituteForm(BaseForm):
    """A colleague who takes the seat, and why."""

    officer = SelectField(_l("Colleague"))
    reason = TextAreaField(_l("Reason"), _WHY)


class TransferForm(BaseForm):
    """Where a person is moved to, and why."""

    pool = RadioField(_l("Offering"), [InputRequired(_l("Choose one."))])
    reason = TextAreaField(_l("Reason"), _WHY)


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


class CheckInForm(BaseForm):
    """The code that the room shows."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), Length(max=20)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )


class RollForm(BaseForm):
    """The roll: fields are named ``presence-<place>``, and ``minutes-<place>`` of a part."""

    also: ClassVar[tuple[str, ...]] = (_MARK, _MINUTES)
    source = StringField(widget=HiddenInput(), validators=[Optional(), Length(max=2000)])

    def file(self, session: ClassSession, *, by: int, key: str) -> RollFile | None:
        """What the roll was filled in from, if from a file; raises Invalid for what is none."""
        if not self.source.data:
            return None
        found = roll_file.opened(self.source.data, session.public_id, by=by, key=key)
        if found is None:
            raise Invalid("invalid")
        return found

    def marks(self) -> dict[str, str]:
        """What was chosen, by the public id of the place."""
        return self._named(_MARK)

    def minutes(self) -> dict[str, str]:
        """The minutes that were entered, by the public id of the place."""
        return self._named(_MINUTES)

    def _named(self, start: str) -> dict[str, str]:
        sent = request.form.items()
        return {name.removeprefix(start): value for name, value in sent if name.startswith(start)}

    def noted(self) -> dict[str, Mark]:
        """The roll as it is recorded; raises Invalid for what is no presence or no number."""
        minutes, found = self.minutes(), {}
        for place_id, value in self.marks().items():
            if value not in PRESENCE_LABELS:
                raise Invalid("presence-unknown")
            entered = minutes.get(place_id, "").strip()
            if value != Presence.PART or not entered:
                found[place_id] = Mark(value)
            elif entered.isascii() and entered.isdecimal():
                found[place_id] = Mark(value, int(entered))
            else:
                raise Invalid("presence-minutes")
        return found


class AdmitForm(BaseForm):
    """Whom to let in past prerequisites, to which kind of seat, and why."""

    email = EmailField(
        _l("E-mail address of the person"),
        [InputRequired(_l("Enter the e-mail address.")), Length(max=254)],
    )
    pool = SelectField(_l("Kind of seat"))
    reason = TextAreaField(_l("Reason"), _WHY)


class PromisedForm(BaseForm):
    """The place of a link in a mail, which names the promise."""

    promise = StringField(widget=HiddenInput(), validators=[InputRequired(), Length(max=16)])


class WithdrawPromiseForm(BaseForm):
    """Why a promised place is taken back."""

    reason = TextAreaField(_l("Reason"), _WHY)


def admit_form(offering: Offering) -> AdmitForm:
    """The form with the kinds of seats of an offering."""
    form = AdmitForm()
    form.pool.choices = choices({pool.public_id: _kind(pool) for pool in offering.pools})
    return form


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
