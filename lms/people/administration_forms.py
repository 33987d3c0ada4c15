"""Forms of those who look after other people's accounts."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, EmailField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.people import wording
from lms.people.models import Organisation
from lms.web.forms import BaseForm, choices


class GrantForm(BaseForm):
    """A role over an organisation and all below it."""

    role = SelectField(_l("Role"), choices=choices(wording.ROLES))
    organisation = SelectField(_l("Organisation"))

    def offer(self, organisations: list[Organisation]) -> None:
        """Let the form name these organisations and no other."""
        self.organisation.choices = choices({each.public_id: each.name for each in organisations})


class ServiceForm(BaseForm):
    """Since when somebody serves, and whom they report to."""

    since = DateField(_l("In service since"), [Optional()])
    manager = EmailField(_l("E-mail address of the line manager"), [Optional(), Length(max=254)])


class DecisionForm(BaseForm):
    """The answer to a proposal; its buttons send it."""

    decision = SelectField(choices=["confirm", "decline"])


class InvitationForm(BaseForm):
    """Who is invited, and where to."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter the name.")), Length(max=200)])
    email = EmailField(
        _l("E-mail address"), [InputRequired(_l("Enter the e-mail address.")), Length(max=254)]
    )
    locale = SelectField(_l("Language of the mail"), choices=choices(wording.LANGUAGES))
    organisation = SelectField(_l("Organisation"))

    def offer(self, organisations: list[Organisation]) -> None:
        """Let the form name these organisations and no other."""
        self.organisation.choices = choices({each.public_id: each.name for each in organisations})


class InvitationFileForm(BaseForm):
    """A table of people."""

    file = FileField(_l("CSV file"), [FileRequired(_l("Choose a file."))])


class InvitationTableForm(BaseForm):
    """The checked table, sent back by the button that confirms it."""

    table = TextAreaField(validators=[InputRequired()])


class AcceptForm(BaseForm):
    """The account of somebody who was invited."""

    name = StringField(
        _l("Your name"),
        [InputRequired(_l("Enter your name.")), Length(max=200)],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Enter a new password."))],
        render_kw={"autocomplete": "new-password"},
    )


class IdentityForm(BaseForm):
    """A number and what kind it is."""

    kind = SelectField(_l("Kind of number"), choices=choices(wording.NUMBERS))
    number = StringField(
        _l("Number"),
        [InputRequired(_l("Enter the number.")), Length(max=40)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class ReasonForm(BaseForm):
    """Why something is done that is recorded with its reason."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(_l("Say why.")), Length(min=5, max=200, message=_l("Say why."))],
        render_kw={"autocomplete": "off"},
    )


class MergeForm(BaseForm):
    """The account that goes into this one."""

    email = EmailField(
        _l("E-mail address of the account to be closed"),
        [InputRequired(_l("Enter the e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "off"},
    )
