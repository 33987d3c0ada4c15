"""What other websites send here is refused, and what browsers of our own pages say is believed."""

import pytest
from flask import Flask

from lms.web import origins

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "https://localhost"},  # another scheme is another place
    {"Origin": "http://localhost:81"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]
OURS: list[dict[str, str]] = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "http://LOCALHOST"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},  # a page without referrer
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://127.0.0.1:8000"},  # the name people know it by
]


@pytest.fixture(autouse=True)
def no_token(app: Flask) -> None:
    """The token has tests of its own."""
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("headers", FOREIGN)
def test_what_another_site_sends_is_refused(app: Flask, headers: dict[str, str]) -> None:
    answer = app.test_client().post("/keep", headers=headers)
    assert answer.status_code == 403
    assert "dari laman web lain" in answer.text


@pytest.mark.parametrize("headers", OURS)
def test_what_our_pages_send_is_taken(app: Flask, headers: dict[str, str]) -> None:
    assert app.test_client().post("/keep", headers=headers).status_code == 200


def test_anybody_may_come_from_anywhere_to_read(app: Flask) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert app.test_client().get("/sign-in", headers=headers).status_code == 200


def test_exemptions_stand_in_one_place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert origins.EXEMPT == {}  # a new one is a decision, made here too
    monkeypatch.setitem(origins.EXEMPT, "people.keep", "of a test")
    answer = app.test_client().post("/keep", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
