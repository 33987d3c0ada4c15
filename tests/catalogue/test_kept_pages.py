"""The catalogue that strangers share for some seconds; everybody else gets a page of their own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from lms.catalogue import queries
from lms.catalogue.models import CourseVersion
from lms.db import transaction
from lms.kernel import clock
from lms.web.shelf import Shelf
from tests.conftest import SignIn
from tests.make import make_course


@pytest.fixture
def serving(app: Flask) -> Iterator[Flask]:
    """The application as it runs in service, with an empty shelf."""
    before = app.config["LMS"]
    app.config["LMS"] = replace(before, stranger_seconds=60)
    app.extensions["lms_shelf"] = Shelf()
    yield app
    app.config["LMS"] = before
    app.extensions["lms_shelf"] = Shelf()


def renamed(version: CourseVersion, title: str) -> None:
    with transaction():
        version.titles = {"en": title, "ms": f"{title} ms"}


def test_strangers_share_a_page_and_others_do_not(serving: Flask, sign_in: SignIn) -> None:
    with transaction():
        version = make_course()
    renamed(version, "First words")
    visitor, address = serving.test_client(), f"/courses/{version.public_id}"
    assert "First words" in visitor.get(f"{address}?lang=en").text
    renamed(version, "Second words")
    assert "First words" in serving.test_client().get(f"{address}?lang=en").text
    assert "Second words ms" in serving.test_client().get(f"{address}?lang=ms").text
    assert "Second words" in serving.test_client().get(f"{address}?lang=en&x=1").text
    assert "Second words" in sign_in("aisyah").get(f"{address}?lang=en").text


def test_a_kept_page_still_sets_what_each_visitor_is_sent(serving: Flask) -> None:
    first, second = (serving.test_client().get("/?lang=id") for _ in range(2))
    assert first.text == second.text
    assert second.headers["Set-Cookie"].startswith("lang=id")
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert "Content-Security-Policy" in second.headers


def test_who_is_told_something_gets_a_page_of_their_own(serving: Flask) -> None:
    visitor = serving.test_client()
    for told in (False, True):
        if told:
            with visitor.session_transaction() as cookie:
                cookie["_flashes"] = [("info", "Only for you")]
        assert ("Only for you" in visitor.get("/").text) is told
    assert "Only for you" not in serving.test_client().get("/").text


def test_nothing_is_kept_when_it_is_turned_off(app: Flask, client: FlaskClient) -> None:
    app.extensions["lms_shelf"] = Shelf()
    assert client.get("/").status_code == 200
    assert app.extensions["lms_shelf"].pages == {}


def test_refusals_and_files_are_not_kept(serving: Flask) -> None:
    visitor = serving.test_client()
    assert visitor.get("/courses/nowhere").status_code == 404
    assert visitor.get("/?as=csv").status_code == 200
    assert all(kept.what is None for kept in serving.extensions["lms_shelf"].pages.values())


def test_who_is_signed_in_shares_the_list_but_not_the_frame(
    serving: Flask, sign_in: SignIn
) -> None:
    with transaction():
        version = make_course()
    renamed(version, "First words")
    aisyah, budi, manager = sign_in("aisyah"), sign_in("budi"), sign_in("manager")
    address = f"/?lang=en&q={version.course.code}"
    assert "First words" in aisyah.get(address).text
    renamed(version, "Second words")
    page = budi.get(address).text
    assert "First words" in page
    assert "Budi" in page
    assert "Aisyah" not in page
    assert "Manage courses" not in page
    assert "<title>Catalogue – Sijil</title>" in page
    assert "Manage courses" in manager.get(address).text
    assert "Manage courses" not in serving.test_client().get(address).text


def test_whatever_is_asked_for_it_is_asked_of_the_same_courses(
    serving: Flask, sign_in: SignIn
) -> None:
    aisyah = sign_in("aisyah")
    assert aisyah.get("/?lang=en").status_code == 200
    with transaction():
        version = make_course()
    address = f"/?lang=en&q={version.course.code}&sort=title"
    assert f"/courses/{version.public_id}" not in aisyah.get(address).text
    assert f"/courses/{version.public_id}" not in serving.test_client().get(address).text


@pytest.mark.usefixtures("serving")
def test_who_changes_a_course_sees_it_at_once(sign_in: SignIn) -> None:
    own = queries.version_of_course("PKK204")
    assert own is not None
    with transaction():
        version = make_course(own.course.provider)
    manager, budi = sign_in("manager"), sign_in("budi")
    address = f"/?lang=en&q={version.course.code}"
    with time_machine.travel(clock.now(), tick=False) as now:
        renamed(version, "First words")
        assert "First words" in manager.get(address).text
        renamed(version, "Second words")
        assert "First words" in manager.get(address).text
        manager.post("/language", data={"language": "en"})
        assert "First words" in manager.get(address).text
        begun = manager.post(f"/manage/courses/{version.public_id}/versions")
        assert begun.status_code == 302
        assert "Second words" in manager.get(address).text
        assert "First words" in budi.get(address).text
        now.shift(62)  # as long as pages are kept, and the second that had begun
        assert "First words" in manager.get(address).text


@pytest.mark.usefixtures("serving")
def test_what_one_is_told_stays_out_of_the_list_of_others(sign_in: SignIn) -> None:
    aisyah, budi = sign_in("aisyah"), sign_in("budi")
    with aisyah.session_transaction() as cookie:
        cookie["_flashes"] = [("info", "Only for you")]
    assert "Only for you" in aisyah.get("/?lang=en").text
    assert "Only for you" not in budi.get("/?lang=en").text
