"""Forms of sign-in and of passwords."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.kernel.text import LANGUAGES
from lms.web.forms import SIGNED, BaseForm


class SignInForm(BaseForm):
    """Address and password; pasting and password managers welcome."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Enter your e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )


class LanguageForm(BaseForm):
    """The language of the pages; its buttons send it."""

    language = SelectField(choices=LANGUAGES)


class ForgottenForm(BaseForm):
    """Where the link goes."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Enter your e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )


class NewPasswordForm(BaseForm):
    """A new password, typed once: it can be shown."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Enter a new password."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(BaseForm):
    """The present password and a new one."""

    current = PasswordField(
        _l("Present password"),
        [InputRequired(_l("Enter your present password.")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Enter a new password."))],
        render_kw={"autocomplete": "new-password"},
    )


class CodeForm(BaseForm):
    """A code of an authenticator app, or a recovery code; or what a passkey signed."""

    also = (SIGNED,)
    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters"},
    )


class PasskeyForm(BaseForm):
    """A name by which the person knows the device; its key comes from a script."""

    name = StringField(
        _l("Name of the device"),
        [InputRequired(_l("Enter a name by which you know it again.")), Length(max=80)],
        render_kw={"autocomplete": "off"},
    )
    passkey = HiddenField(validators=[InputRequired(_l("The device has not made a passkey."))])


class ConfirmByCode(BaseForm):
    """A second factor once more, for those who have one."""

    confirmation = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters"},
    )


class ConfirmByPassword(BaseForm):
    """The password once more, for those who have no second factor."""

    confirmation = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(BaseForm):
    """The password once more, before something that weakens the account."""

    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )
