"""A request carries the fields somebody asked for, and no others."""

import io
from typing import ClassVar

import pytest
from flask import Flask
from wtforms import StringField

from lms.web.forms import BaseForm, takes


@pytest.fixture(autouse=True)
def no_token(app: Flask) -> None:
    """The token has tests of its own."""
    app.config["WTF_CSRF_ENABLED"] = False


class Letter(BaseForm):
    """One field, and names that begin alike."""

    also: ClassVar[tuple[str, ...]] = ("page-", "action")

    words = StringField()


@pytest.fixture
def letters(app: Flask) -> Flask:
    """The frame with a view that shows its form again, and one that has no page for it."""

    @takes(Letter)
    def write() -> tuple[str, int]:
        form = Letter()
        if form.validate_on_submit():
            return "sent", 200
        return f"{form.words.data} {form.form_errors}", 422

    @takes(Letter)
    def insist() -> str:
        Letter().insist()
        return "sent"

    app.add_url_rule("/write", "write", write, methods=["POST"])
    app.add_url_rule("/insist", "insist", insist, methods=["POST"])
    return app


@pytest.mark.parametrize("address", ["/write", "/insist"])
def test_known_names_are_taken(letters: Flask, address: str) -> None:
    data = {"words": "Salam", "page-2": "x", "action": "send", "csrf_token": "t"}
    assert letters.test_client().post(address, data=data).text == "sent"


@pytest.mark.parametrize("address", ["/write", "/insist"])
@pytest.mark.parametrize("name", ["is_active", "page", "Words", "actions", "word"])
def test_other_names_are_refused_in_words(letters: Flask, address: str, name: str) -> None:
    answer = letters.test_client().post(address, data={"words": "Salam", name: "1"})
    assert answer.status_code == 422
    assert "tidak diminta" in answer.text


def test_what_was_typed_stays(letters: Flask) -> None:
    answer = letters.test_client().post("/write", data={"words": "Salam", "id": "1"})
    assert answer.text.startswith("Salam ")


def test_json_is_no_way_around(letters: Flask) -> None:
    answer = letters.test_client().post("/write", json={"words": "Salam", "id": 1})
    assert answer.status_code == 422


def test_a_view_without_forms_takes_nothing_but_the_token(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/keep", data={"csrf_token": "t"}).status_code == 200
    assert client.post("/keep", data={"id": "1"}).status_code == 422
    assert client.post("/keep", data={"file": (io.BytesIO(b"x"), "x")}).status_code == 422
