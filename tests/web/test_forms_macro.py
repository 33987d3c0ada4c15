"""The macros of forms: labels, hints, errors and their wiring for assistive technology."""

import pytest
from flask import Flask
from lxml import html
from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from lms.kernel.errors import Invalid
from lms.web.forms import INVALID_ANSWER, BaseForm


class SampleForm(BaseForm):
    """One field of each kind."""

    email = EmailField(
        "E-mail", [InputRequired("Enter it.")], render_kw={"autocomplete": "username"}
    )
    password = PasswordField("Password", [InputRequired("Enter it too.")])
    note = TextAreaField("Note", [Length(max=5, message="Shorter.")])
    place = SelectField("Place", choices=[SelectChoice("kl", "Kuala Lumpur")])
    mode = RadioField(
        "Mode", [InputRequired("Choose.")], choices=[SelectChoice("a", "A"), SelectChoice("b", "B")]
    )
    agreed = BooleanField("I agree", [InputRequired("Agree.")])


def _render(app: Flask, call: str, data: dict[str, str] | None = None) -> html.HtmlElement:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/?lang=en", method="POST", data=data or {}):
        form = SampleForm()
        if data is not None:
            form.validate()
        source = "{% import 'macros/forms.html' as forms %}" + call
        made = app.jinja_env.from_string(source).render(form=form)
    return html.fragment_fromstring(made, create_parent="div")


def test_a_field_is_labelled_hinted_and_quiet(app: Flask) -> None:
    tree = _render(app, "{{ forms.field(form.email, hint='As on your card') }}")
    control = tree.xpath("//input")[0]
    assert tree.xpath("//label/@for") == [control.get("id")] == ["email"]
    assert control.get("aria-describedby") == "email-hint"
    assert tree.get_element_by_id("email-hint").text == "As on your card"
    assert control.get("aria-invalid") is None
    assert control.get("autocomplete") == "username"
    assert control.get("required") is not None
    assert control.get("class") == "in"


def test_a_wrong_field_says_so_in_words(app: Flask) -> None:
    tree = _render(app, "{{ forms.field(form.email, hint='x', class_='in short') }}", {"note": ""})
    control = tree.xpath("//input")[0]
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby").split() == ["email-hint", "email-error"]
    assert "Enter it." in tree.get_element_by_id("email-error").text_content()
    assert "has-error" in tree.xpath("div/@class")[0]
    assert control.get("class") == "in short"


def test_what_may_stay_empty_is_said(app: Flask) -> None:
    assert "(optional)" in _render(app, "{{ forms.field(form.note) }}").text_content()
    assert "(optional)" not in _render(app, "{{ forms.field(form.email) }}").text_content()


def test_passwords_offer_to_be_shown_and_tell_caps_lock(app: Flask) -> None:
    tree = _render(app, "{{ forms.field(form.password) }}")
    control = tree.xpath("//*[@data-password]/input")[0]
    note = tree.get_element_by_id(control.get("aria-describedby"))
    assert note.get("data-caps")
    assert note.get("role") == "status"


def test_every_other_kind_keeps_what_was_typed(app: Flask) -> None:
    data = {"note": "Too long", "place": "kl", "mode": "b", "agreed": "y"}
    call = "{% for f in form %}{{ forms.field(f) }}{% endfor %}"
    tree = _render(app, call, data)
    assert tree.xpath("//textarea")[0].text.strip() == "Too long"
    assert tree.xpath("//select/@class") == ["in"]
    assert tree.xpath("//input[@type='radio'][@checked]/@value") == ["b"]
    assert tree.xpath("//input[@type='checkbox'][@checked]")
    assert "Mode" in tree.xpath("//fieldset/legend")[0].text_content()
    named = tree.xpath("//label/@for")
    assert set(named) >= {"email", "password", "note", "place", "agreed"}


def test_a_group_and_a_box_wire_their_errors(app: Flask) -> None:
    call = "{{ forms.field(form.mode) }}{{ forms.field(form.agreed, hint='Read it') }}"
    tree = _render(app, call, {"note": ""})
    assert tree.xpath("//fieldset/@aria-describedby") == ["mode-error"]
    assert set(tree.xpath("//input[@type='radio']/@aria-invalid")) == {"true"}
    described = tree.xpath("//input[@type='checkbox']/@aria-describedby")[0].split()
    assert described == ["agreed-hint", "agreed-error"]
    for name in described:
        assert tree.get_element_by_id(name) is not None


def test_the_summary_links_each_error_to_its_control(app: Flask) -> None:
    call = (
        "{{ forms.error_summary(form) }}{% for f in form %}{{ forms.field(f) }}{% endfor %}"
        "{{ forms.csrf(form) }}{{ forms.submit('Send') }}"
    )
    tree = _render(app, call, {"note": "Too long", "place": "kl"})
    summary = tree.xpath("//*[@data-error-summary]")[0]
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    targets = [href.removeprefix("#") for href in summary.xpath(".//a/@href")]
    assert targets == ["email", "password", "note", "mode-0", "agreed"]
    for target in targets:
        assert tree.get_element_by_id(target).tag in {"input", "textarea"}


def test_no_errors_no_summary(app: Flask) -> None:
    assert not _render(app, "{{ forms.error_summary(form) }}").xpath("//*[@role='alert']")


@pytest.mark.parametrize(
    ("refusal", "field_text", "form_text"),
    [
        (Invalid(fields={"note": "file-empty"}), "The file is empty.", ""),
        (Invalid(fields={"elsewhere": "file-empty"}), "", "The file is empty."),
        (Invalid("sign-in-failed"), "", "not right"),
    ],
)
def test_a_refusal_of_a_service_finds_its_place(
    app: Flask, refusal: Invalid, field_text: str, form_text: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/?lang=en", method="POST", data={}):
        form = SampleForm()
        form.apply(refusal)
        assert field_text in " ".join(form.note.errors)
        assert form_text in " ".join(form.form_errors)
        assert form.errors
    assert INVALID_ANSWER == 422
