"""The frame as a browser sees it: headers, languages, errors, fonts, navigation."""

import logging
from pathlib import Path

import pytest
from flask import Flask
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from sqlalchemy.exc import OperationalError

from lms.web import fonts, headers, navigation, panels
from lms.web.messages import SENTENCES, sentence


def test_every_page_carries_the_policy_and_a_number(app: Flask) -> None:
    answer = app.test_client().get("/missing")
    assert answer.status_code == 404
    assert answer.headers["Content-Security-Policy"] == headers.POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-Id"] in answer.text
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("address", ["/v/ABC", "/V/ABC", "/verify"])
def test_addresses_of_checks_go_nowhere(app: Flask, address: str) -> None:
    assert app.test_client().get(address).headers["Referrer-Policy"] == "no-referrer"


def test_a_policy_set_by_a_view_stays(app: Flask) -> None:
    app.add_url_rule("/file", "file", lambda: ("x", {"Content-Security-Policy": "sandbox"}))
    assert app.test_client().get("/file").headers["Content-Security-Policy"] == "sandbox"


def test_signed_in_pages_are_not_kept(app: Flask) -> None:
    client = app.test_client()
    assert "Cache-Control" not in client.get("/missing").headers
    page = client.get("/enter", follow_redirects=True)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Nur Aisyah &lt;b&gt;" in page.text
    assert "Welcome" in page.text
    assert 'name="csrf_token"' in page.text


def test_versioned_static_files_are_kept_for_a_year(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/missing").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(address, buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert (
        "immutable" not in client.get("/static/css/app.css", buffered=True).headers["Cache-Control"]
    )


def test_the_language_is_asked_for_then_remembered(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/missing").headers["Content-Language"] == "ms"
    indonesian = client.get("/missing", headers={"Accept-Language": "id,en;q=0.5"})
    assert '<html lang="id">' in indonesian.text
    assert {"Accept-Language", "Cookie"} <= set(indonesian.vary)
    chosen = client.get("/missing?lang=en&q=a&q=b")
    assert 'href="?q=a&amp;q=b&amp;lang=ms"' in chosen.text
    assert client.get("/missing").headers["Content-Language"] == "en"
    assert client.get("/missing?lang=xx").headers["Content-Language"] == "en"


def test_the_language_of_the_account_comes_before_the_browser(app: Flask) -> None:
    client = app.test_client()
    client.get("/enter")
    page = client.get("/missing", headers={"Accept-Language": "en"})
    assert page.headers["Content-Language"] == "id"


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("not-found", 404, "does not exist"),
        ("forbidden", 403, "their own work"),
        ("conflict", 409, "enrolled in this offering"),
        ("invalid", 422, "The file is empty"),
        ("400", 400, "could not be understood"),
        ("413", 413, "file is too large"),
        ("418", 418, "could not be understood"),
        ("429", 429, "Too many tries"),
        ("503", 503, "The service is resting"),
    ],
)
def test_errors_become_pages(app: Flask, kind: str, status: int, words: str) -> None:
    answer = app.test_client().get(f"/fail/{kind}?lang=en")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert words in answer.text


def test_a_crash_shows_only_its_number(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/fail/crash?lang=en")
    number = answer.headers["X-Request-Id"]
    assert answer.status_code == 500
    assert "private detail" not in answer.text
    assert number in answer.text
    assert number in caplog.text
    assert "private detail" in caplog.text


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("resting", "was not done. Everything saved before is kept"),
        ("busy", "was not done. Everything saved before is kept"),
        ("unknown", "may be done or not"),
    ],
)
def test_a_resting_database_is_no_crash(app: Flask, kind: str, kept: str) -> None:
    client = app.test_client()
    page = client.get(f"/fail/{kind}?lang=en")
    problem = client.get(f"/api/fail/{kind}?lang=en")
    for answer in (page, problem):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert kept in answer.text
        assert "private detail" not in answer.text
    assert problem.get_json(force=True)["kept"].startswith(("What you asked", "Everything"))


def test_a_wrong_statement_is_a_crash(app: Flask) -> None:
    answer = app.test_client().get("/fail/wrong-statement?lang=en")
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers


def test_nobody_is_looked_up_while_the_database_rests(app: Flask) -> None:
    """The lookup fails as well, and the page would fail with it; it says the language too."""

    def broken(_secret: str) -> None:
        raise OperationalError("select 1", {}, OSError("private detail"))

    client = app.test_client()
    client.get("/enter")
    app.login_manager.user_loader(broken)  # type: ignore[attr-defined]
    for address in ("/fail/resting", "/api/fail/resting", "/fail/503", "/missing"):
        assert client.get(address).status_code == 503


def test_a_crash_of_the_error_page_still_answers(app: Flask) -> None:
    def broken() -> bool:
        raise OSError("no database")

    navigation.add("Broken", "people.desk", order=1, visible=broken)
    answer = app.test_client().get("/fail/crash")
    assert answer.status_code == 500
    assert answer.mimetype == "text/plain"
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_wrong_method_names_the_right_ones(app: Flask) -> None:
    answer = app.test_client().get("/sign-out?lang=en")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "cannot be used that way" in answer.text


def test_a_form_without_token_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/sign-out?lang=en")
    assert answer.status_code == 400
    assert "open too long" in answer.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
def test_the_api_answers_problem_documents(app: Flask, accept: str) -> None:
    answer = app.test_client().get("/api/fail/invalid?lang=en", headers={"Accept": accept})
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json(force=True)
    assert problem["status"] == answer.status_code == 422
    assert problem["instance"] == answer.headers["X-Request-Id"]
    assert problem["errors"][0]["pointer"] == "/file"


def test_pages_answer_problem_documents_only_to_programs(app: Flask) -> None:
    client = app.test_client()
    asked = client.get("/fail/not-found", headers={"Accept": "application/json"})
    assert asked.mimetype == "application/problem+json"
    assert client.get("/fail/not-found", headers={"Accept": "*/*"}).mimetype == "text/html"


def test_health_needs_nothing(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text.strip()) == (200, "ok")


def test_fonts_are_small_free_of_the_reserved_name_and_served(app: Flask) -> None:
    folder: Path = app.config["LMS"].instance / "fonts"
    fonts.build(folder)
    made = sorted(folder.iterdir())
    assert [f.name for f in made] == ["sans-400.woff2", "sans-600.woff2", "serif-600.woff2"]
    for file in made:
        assert 10_000 < file.stat().st_size < 26_000, (file.name, file.stat().st_size)
        with TTFont(file) as font:
            names = {r.nameID: str(r) for r in font["name"].names}
            assert "Source" not in "".join(names[i] for i in (1, 3, 4, 6, 16))
            assert {ord(c) for c in "aÅžéñ\u2013\u2014\u2018\u201d…€"} <= set(font.getBestCmap())
    before = [f.stat().st_mtime_ns for f in made]
    fonts.build(folder)
    assert [f.stat().st_mtime_ns for f in made] == before
    client = app.test_client()
    answer = client.get("/fonts/sans-400.woff2", buffered=True)
    assert (answer.status_code, answer.mimetype) == (200, "font/woff2")
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/fonts/other.woff2").status_code == 404


def test_navigation_marks_the_page_or_its_blueprint(app: Flask) -> None:
    navigation.add("Desk", "people.desk", order=2, visible=lambda: True)
    navigation.add("Enter", "people.sign_in", order=1, visible=lambda: True)
    navigation.add("Hidden", "health.healthz", order=0, visible=lambda: False)
    with app.test_request_context("/desk"):
        shown = navigation.items()
        assert [(i.label, i.current) for i in shown] == [("Enter", False), ("Desk", True)]
    with app.test_request_context("/sign-out", method="POST"):
        assert [i.current for i in navigation.items()] == [True, False]
    with app.test_request_context("/missing"):
        assert not any(i.current for i in navigation.items())


def test_a_page_lights_the_entry_of_the_page_that_it_belongs_to(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation, "_BELONGS", {})
    navigation.add("Desk", "people.desk", order=2, visible=lambda: True)
    navigation.add("Enter", "people.sign_in", order=1, visible=lambda: True)
    navigation.belongs("health.healthz", to="people.desk")
    with app.test_request_context("/healthz"):
        assert [i.label for i in navigation.items() if i.current] == ["Desk"]


def test_the_administration_stands_in_the_menu_of_the_account(app: Flask) -> None:
    """Nine entries once pushed the account to a line of its own."""
    navigation.add("Daily work", "people.desk", order=30, visible=lambda: True)
    navigation.add("Looking after", "people.account", order=80, visible=lambda: True)
    client = app.test_client()
    client.get("/enter")
    page = client.get("/missing").text
    bar = page.partition('<nav class="nav"')[2].partition("</nav>")[0]
    account = page.partition('class="account-body"')[2].partition("</details>")[0]
    assert ("Daily work" in bar, "Looking after" in bar) == (True, False)
    assert ("Daily work" in account, "Looking after" in account) == (False, True)


def test_panels_join_what_features_render(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_PANELS", {})

    def block(user: str) -> str:
        return f"<p>{user}</p>"

    panels.add("desk", block)
    panels.add("desk", block)
    with app.test_request_context("/"):
        template = app.jinja_env.from_string("{{ panels('desk', user='A') }}{{ panels('none') }}")
        assert template.render() == "<p>A</p>"


def test_a_page_knows_what_its_blocks_are_about() -> None:
    blocks = (
        '<h2 id="roster">Names &amp; seats</h2><h2>No address</h2>'
        '<h3 id="x">Below</h3><h2 id="seats">Seats</h2>'
    )
    assert panels.headings(blocks) == {"roster": "Names & seats", "seats": "Seats"}


def test_sentences_take_params_and_refuse_unknown_codes(app: Flask) -> None:
    with app.test_request_context("/?lang=en"), pytest.raises(KeyError):
        sentence("no-such-code")
    with app.app_context():
        assert all(sentence(code) for code in SENTENCES)
