"""Guessing becomes slow; the owner still gets in."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import TooMany
from lms.people import tries
from lms.people.account_models import Tries
from lms.people.rules import TriedOn
from lms.sample import loading

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("app")]
EMAIL = "aisyah@sijil.example"


def guess(visitor: FlaskClient, password: str, *, email: str = EMAIL, source: str) -> int:
    return visitor.post(
        "/sign-in",
        data={"email": email, "password": password},
        environ_base={"REMOTE_ADDR": source},
    ).status_code


def test_guessing_from_one_place_slows_down(app: Flask) -> None:
    visitor = app.test_client()
    answers = [guess(visitor, "a wrong password", source="192.0.2.1") for _ in range(7)]
    assert answers == [422] * 5 + [429] * 2
    assert guess(visitor, loading.PASSWORD, source="192.0.2.1") == 429
    later = clock.now() + timedelta(seconds=2)
    with time_machine.travel(later, tick=False):
        assert guess(visitor, loading.PASSWORD, source="192.0.2.1") == 302


def test_guessing_elsewhere_does_not_slow_down_a_known_browser(app: Flask) -> None:
    owner = app.test_client()
    assert guess(owner, loading.PASSWORD, source="203.0.113.5") == 302
    owner.post("/sign-out")
    stranger = app.test_client()
    for number in range(40):
        guess(stranger, "a wrong password", source=f"192.0.2.{number}")
    assert guess(stranger, loading.PASSWORD, source="198.51.100.1") == 429
    assert guess(owner, loading.PASSWORD, source="203.0.113.5") == 302


def test_the_mark_of_a_browser_serves_one_account(app: Flask) -> None:
    budi, own = app.test_client(), "budi@sijil.example"
    assert guess(budi, loading.PASSWORD, email=own, source="192.0.2.9") == 302
    budi.post("/sign-out")
    answers = [guess(budi, "a wrong password", source="192.0.2.9") for _ in range(6)]
    assert answers[-1] == 429
    stranger = app.test_client()
    for number in range(11):
        guess(stranger, "a wrong password", source=f"192.0.2.{number}")
    assert guess(budi, loading.PASSWORD, source="198.51.100.2") == 429  # aisyah's account


def test_many_accounts_from_one_place_slow_down(app: Flask) -> None:
    visitor = app.test_client()
    answers = [
        guess(visitor, "a wrong password", email=f"p{number}@x.example", source="192.0.2.7")
        for number in range(27)
    ]
    assert answers[:25] == [422] * 25
    assert answers[26] == 429


def test_an_unknown_account_is_slowed_down_like_a_known_one(app: Flask) -> None:
    visitor = app.test_client()
    known = [guess(visitor, "a wrong password", source="192.0.2.1") for _ in range(7)]
    unknown = [
        guess(visitor, "a wrong password", email="nobody@x.example", source="192.0.2.2")
        for _ in range(7)
    ]
    assert known == unknown


def test_success_forgets_the_failures(app: Flask) -> None:
    visitor = app.test_client()
    for _ in range(4):
        guess(visitor, "a wrong password", source="192.0.2.1")
    assert guess(visitor, loading.PASSWORD, source="192.0.2.1") == 302
    counted = db.session.scalar(select(func.sum(Tries.failures)))
    assert counted == 4  # of the network: its guesses were made


def test_the_wait_is_said_in_words_and_in_a_header(app: Flask) -> None:
    visitor = app.test_client()
    for _ in range(6):
        visitor.post("/forgotten", data={"email": EMAIL})
    answer = visitor.post("/forgotten", data={"email": EMAIL})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Retry-After"] in answer.text


def test_refused_tries_do_not_lengthen_the_wait() -> None:
    now = clock.now()
    targets = {TriedOn.ACCOUNT: "somebody"}
    for _ in range(10):
        with transaction():
            tries.count(targets, now=now)
    for _ in range(50):
        with pytest.raises(TooMany), transaction():
            tries.count(targets, now=now)
    with transaction():
        tries.count(targets, now=now + timedelta(seconds=1))


def test_old_tries_are_removed() -> None:
    now = clock.now()
    with transaction():
        tries.count({TriedOn.ACCOUNT: "a"}, now=now - timedelta(hours=3))
        tries.count({TriedOn.ACCOUNT: "b"}, now=now)
        tries.forget_old(now=now)
    old = select(func.count(Tries.id)).where(Tries.last_at < now - timedelta(hours=1))
    assert db.session.scalar(old) == 0
    fresh = select(func.count(Tries.id)).where(Tries.last_at == now)
    assert db.session.scalar(fresh) == 1


def test_a_refusal_stands_in_the_trail_without_the_password(app: Flask) -> None:
    guess(app.test_client(), "a wrong password", source="192.0.2.1")
    query = select(AuditEntry).where(AuditEntry.action == "people.user.sign_in_refused")
    entry = db.session.scalars(query).one()
    assert entry.details == {}


def test_a_refusal_of_an_unknown_address_costs_a_row_as_well(app: Flask) -> None:
    guess(app.test_client(), "a wrong password", email="nobody@x.example", source="192.0.2.1")
    query = select(AuditEntry).where(AuditEntry.action == "people.user.sign_in_refused")
    entry = db.session.scalars(query).one()
    assert (entry.object_id, entry.details) == (None, {})


def test_the_wait_is_said_in_a_header_at_sign_in(app: Flask) -> None:
    visitor = app.test_client()
    for _ in range(5):
        guess(visitor, "a wrong password", source="192.0.2.1")
    words = {"email": EMAIL, "password": "a wrong password"}
    answer = visitor.post("/sign-in", data=words, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
