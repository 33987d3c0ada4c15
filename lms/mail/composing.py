"""The words of a mail, in the language of the person it goes to."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale

from lms.web import running


@dataclass(frozen=True)
class Letter:
    """A composed mail."""

    subject: str
    text: str
    html: str


def compose(kind: str, locale: str, words: dict[str, object]) -> Letter:
    """Render ``templates/mail/<kind>.txt``, whose first line is the subject, and ``.html``."""
    settings = running.settings()
    known = {**words, "locale": locale, "base_url": settings.base_url}
    with force_locale(locale):
        lines = render_template(f"mail/{kind}.txt", **known)
        subject, _, text = lines.partition("\n")
        html = render_template(f"mail/{kind}.html", subject=subject.strip(), **known)
    return Letter(subject.strip(), text.strip() + "\n", html)
