"""Sessions stand in the database: they end by time, by their owner, and with the password."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.people import queries, service, sessions, who
from lms.people.account_models import UserSession
from lms.people.models import User
from lms.sample import loading
from tests.conftest import SignIn

pytestmark = pytest.mark.usefixtures("app")
NEW_PASSWORD = "kasut biru di tangga"


def user(key: str) -> User:
    found = queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def rows(key: str) -> list[UserSession]:
    query = select(UserSession).where(UserSession.user_id == user(key).id)
    return list(db.session.scalars(query.order_by(UserSession.id)))


def secret_of(visitor: FlaskClient) -> str:
    with visitor.session_transaction() as cookie:
        return str(cookie["_user_id"])


def inside(visitor: FlaskClient) -> bool:
    return visitor.get("/desk").status_code == 200


def test_the_database_does_not_hold_what_the_cookie_holds(sign_in: SignIn) -> None:
    secret = secret_of(sign_in("aisyah"))
    (row,) = rows("aisyah")
    assert len(secret) >= 43
    assert row.digest == sessions.digest_of(secret)
    kept = {str(value) for value in vars(row).values()}
    assert secret not in kept


def test_each_sign_in_has_a_secret_of_its_own(sign_in: SignIn) -> None:
    first, second = sign_in("aisyah"), sign_in("aisyah")
    assert secret_of(first) != secret_of(second)
    assert inside(first)
    assert inside(second)


@pytest.mark.parametrize(
    ("who", "away", "still"),
    [
        ("registrar", timedelta(minutes=29), True),
        ("registrar", timedelta(minutes=31), False),
        ("aisyah", timedelta(days=13), True),
        ("aisyah", timedelta(days=15), False),
    ],
)
def test_a_session_left_alone_ends(
    sign_in: SignIn, who: str, away: timedelta, *, still: bool
) -> None:
    now = clock.now()
    visitor = sign_in(who)
    with time_machine.travel(now + away, tick=False):
        assert inside(visitor) is still


@pytest.mark.parametrize(
    ("who", "step", "total"),
    [
        ("registrar", timedelta(minutes=20), timedelta(hours=12)),
        ("aisyah", timedelta(days=10), timedelta(days=30)),
    ],
)
def test_a_session_in_use_ends_too(
    sign_in: SignIn, who: str, step: timedelta, total: timedelta
) -> None:
    now = clock.now()
    visitor = sign_in(who)
    passed = step
    while passed < total - timedelta(minutes=5):
        with time_machine.travel(now + passed, tick=False):
            assert inside(visitor), passed
        passed += step
    with time_machine.travel(now + total + timedelta(minutes=1), tick=False):
        assert not inside(visitor)


def test_a_form_sent_after_the_end_can_be_sent_again(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        visitor = app.test_client()
        token = token_in(visitor.get("/sign-in").text)
        enter(visitor, token)
        page = visitor.get("/account/password").text
        token = token_in(page)
        with transaction():
            sessions.end_all(user("aisyah"), but=None, by=None, now=clock.now())
        form = {"csrf_token": token, "language": "id"}
        refused = visitor.post("/language", data=form)
        assert refused.status_code == 401
        assert 'target="_blank"' in refused.text
        enter(visitor, token_in(visitor.get("/sign-in").text))
        assert visitor.post("/language", data=form).status_code == 302
        assert user("aisyah").locale == "id"
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_sign_in_that_broke_in_the_middle_can_be_sent_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new session was looked up after the cookie was emptied, the token of the form with it."""
    broken: list[str] = []

    def break_once(*args: object) -> None:
        statement = str(args[2])
        if "FROM user_session JOIN" in statement and not broken:
            broken.append(statement)
            raise OperationalError(statement, {}, OSError("the server closed the connection"))

    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    visitor = app.test_client()
    form = {
        "email": "aisyah@sijil.example",
        "password": loading.PASSWORD,
        "csrf_token": token_in(visitor.get("/sign-in").text),
    }
    event.listen(Engine, "before_cursor_execute", break_once)
    try:
        assert visitor.post("/sign-in", data=form).status_code == 503
    finally:
        event.remove(Engine, "before_cursor_execute", break_once)
    assert broken
    assert visitor.post("/sign-in", data=form).status_code == 302
    assert inside(visitor)


def test_the_token_of_open_forms_does_not_pass_to_somebody_else(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        visitor = app.test_client()
        enter(visitor, token_in(visitor.get("/sign-in").text))
        token = token_in(visitor.get("/account/password").text)
        with transaction():
            sessions.end_all(user("aisyah"), but=None, by=None, now=clock.now())
        enter(visitor, token_in(visitor.get("/sign-in").text), "budi")
        form = {"csrf_token": token, "language": "id"}
        assert visitor.post("/language", data=form).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def enter(visitor: FlaskClient, token: str, who: str = "aisyah") -> None:
    data = {
        "email": f"{who}@sijil.example",
        "password": loading.PASSWORD,
        "csrf_token": token,
    }
    assert visitor.post("/sign-in", data=data).status_code == 302


def test_people_see_and_end_their_own_sessions(sign_in: SignIn) -> None:
    here, there = sign_in("aisyah"), sign_in("aisyah")
    page = here.get("/account").text
    own, other = rows("aisyah")
    assert "127.0.0.1" in page
    assert f"/account/sessions/{own.public_id}/end" not in page
    assert f"/account/sessions/{other.public_id}/end" in page
    assert here.post(f"/account/sessions/{other.public_id}/end").status_code == 302
    assert inside(here)
    assert not inside(there)


def test_nobody_ends_the_session_of_somebody_else(sign_in: SignIn) -> None:
    aisyah, budi = sign_in("aisyah"), sign_in("budi")
    (row,) = rows("aisyah")
    assert budi.post(f"/account/sessions/{row.public_id}/end").status_code == 404
    assert inside(aisyah)


def test_all_others_end_at_once(sign_in: SignIn) -> None:
    here, there, elsewhere = sign_in("aisyah"), sign_in("aisyah"), sign_in("aisyah")
    budi = sign_in("budi")
    assert here.post("/account/sessions/end-others").status_code == 302
    assert [inside(v) for v in (here, there, elsewhere, budi)] == [True, False, False, True]


def test_signing_out_ends_the_session_for_a_copied_cookie_too(sign_in: SignIn, app: Flask) -> None:
    visitor, thief = sign_in("aisyah"), app.test_client()
    copied = visitor.get_cookie("lms")
    assert copied is not None
    thief.set_cookie("lms", copied.value)
    assert inside(thief)
    visitor.post("/sign-out")
    assert not inside(thief)


def test_a_new_password_ends_the_other_sessions(sign_in: SignIn) -> None:
    here, there = sign_in("aisyah"), sign_in("aisyah")
    form = {"current": loading.PASSWORD, "password": NEW_PASSWORD}
    assert here.post("/account/password", data=form).status_code == 302
    assert inside(here)
    assert not inside(there)


def test_a_password_set_by_others_ends_all(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    with transaction():
        service.set_password(user("aisyah"), NEW_PASSWORD, by=None, now=clock.now())
    assert not inside(visitor)


def test_a_role_brings_a_new_secret_without_signing_out(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    before = secret_of(visitor)
    with transaction():
        home = user("aisyah").organisation
        assert home is not None
        service.grant_role(user("aisyah"), Role.AUDITOR, home, by=None)
    assert inside(visitor)
    after = secret_of(visitor)
    assert after != before
    assert inside(visitor)
    now = clock.now()
    assert who.by_secret(before, now=now) is not None  # requests under way
    assert who.by_secret(before, now=now + timedelta(minutes=1)) is None


def test_a_page_costs_two_statements_for_knowing_who_asks(
    sign_in: SignIn, count_statements: object
) -> None:
    visitor = sign_in("registrar")
    with count_statements() as seen:  # type: ignore[operator]
        visitor.get("/verify")
    assert len([text for text in seen if text.startswith("SELECT")]) <= 2, seen


def test_the_page_says_when_to_ask(sign_in: SignIn) -> None:
    staff, learner = sign_in("registrar").get("/desk").text, sign_in("aisyah").get("/desk").text
    found = re.search(r'data-seconds="(\d+)"', staff)
    assert found is not None
    assert 1700 < int(found[1]) <= 1800
    assert "data-seconds" not in learner
