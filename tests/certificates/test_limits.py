"""The same visitor may do the same thing only so often, and others are not the worse for it."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import SignIn


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    before = app.config["LMS"]
    app.config["LMS"] = replace(before, rate_limits=True)
    app.extensions["lms_counts"].forget()
    yield app
    app.config["LMS"] = before
    app.extensions["lms_counts"].forget()


def looked_up(visitor: FlaskClient, code: str, source: str) -> int:
    return visitor.get(f"/v/{code}", environ_base={"REMOTE_ADDR": source}).status_code


def test_searching_for_codes_ends_soon(limited: Flask) -> None:
    visitor = limited.test_client()
    answers = [looked_up(visitor, f"GUESS{number}", "192.0.2.1") for number in range(22)]
    assert answers == [404] * 20 + [429] * 2
    assert looked_up(visitor, "GUESS", "192.0.2.2") == 404


def test_a_whole_subscriber_of_ipv6_is_one_visitor(limited: Flask) -> None:
    visitor = limited.test_client()
    for number in range(20):
        looked_up(visitor, "GUESS", f"2001:db8:1:1::{number + 1:x}")
    assert looked_up(visitor, "GUESS", "2001:db8:1:1:ffff::1") == 429
    assert looked_up(visitor, "GUESS", "2001:db8:1:2::1") == 404


def test_the_answer_says_when_to_come_again(limited: Flask) -> None:
    visitor = limited.test_client()
    for _ in range(20):
        looked_up(visitor, "GUESS", "192.0.2.1")
    answer = visitor.get("/v/GUESS", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "<main" in answer.text


def test_files_are_checked_so_often(limited: Flask) -> None:
    visitor = limited.test_client()
    answers = [
        visitor.post("/verify/file", data={"file": (BytesIO(b"x"), "x.pdf")}).status_code
        for _ in range(31)
    ]
    assert answers == [200] * 30 + [429]
    assert visitor.get("/verify").status_code == 200


def test_a_person_is_counted_wherever_they_are(limited: Flask, sign_in: SignIn) -> None:
    del limited
    visitor, other = sign_in("aisyah"), sign_in("budi")
    address = "/places/unknown/withdraw"
    for number in range(30):
        source = {"REMOTE_ADDR": f"192.0.2.{number}"}
        assert visitor.post(address, environ_base=source).status_code == 404
    assert visitor.post(address).status_code == 429
    assert other.post(address).status_code == 404


def test_headers_of_proxies_nobody_named_are_not_believed(limited: Flask) -> None:
    visitor = limited.test_client()
    for number in range(20):
        forged = {"X-Forwarded-For": f"198.51.100.{number}"}
        visitor.get("/v/GUESS", headers=forged, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert looked_up(visitor, "GUESS", "192.0.2.1") == 429
