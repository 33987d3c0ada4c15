"""The second factor: codes of RFC 6238, each taken once; roles that must have one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.people import queries, sealing, second_factor, who
from lms.people.account_models import RecoveryCode, SecondFactor
from lms.people.models import User
from lms.sample import loading
from lms.web import running
from tests.conftest import SignIn

pytestmark = pytest.mark.usefixtures("app")
EMAIL = "registrar@sijil.example"
SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 22, 9, 0, 10, tzinfo=UTC)


def user(key: str = "registrar") -> User:
    found = queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def switched_on(key: str = "registrar", *, now: datetime | None = None) -> list[str]:
    moment = now or clock.now() - timedelta(minutes=5)
    with transaction():
        return second_factor.set_up(
            user(key),
            SECRET,
            second_factor.code_at(SECRET, moment),
            keys=running.settings().data_keys,
            now=moment,
        )


def taken(code: str, *, now: datetime, key: str = "registrar") -> bool:
    try:
        with transaction():
            second_factor.check(user(key).id, code, keys=running.settings().data_keys, now=now)
    except Invalid:
        return False
    return True


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, SHA-1, the last six digits."""
    moment = datetime.fromtimestamp(seconds, UTC)
    assert second_factor.code_at(SECRET, moment) == code
    assert second_factor.step_of(SECRET, code, moment) == seconds // 30


@pytest.mark.parametrize(("off", "right"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(off: int, *, right: bool) -> None:
    code = second_factor.code_at(SECRET, NOW + timedelta(seconds=off))
    assert (second_factor.step_of(SECRET, code, NOW) is not None) is right


def test_a_code_is_taken_once() -> None:
    switched_on(now=NOW - timedelta(minutes=5))
    code = second_factor.code_at(SECRET, NOW)
    assert taken(code, now=NOW)
    assert not taken(code, now=NOW)
    before = second_factor.code_at(SECRET, NOW - timedelta(seconds=30))
    assert not taken(before, now=NOW)
    later = NOW + timedelta(seconds=30)
    assert taken(second_factor.code_at(SECRET, later), now=later)


def test_a_recovery_code_is_taken_once_however_it_is_typed() -> None:
    codes = switched_on()
    assert len(set(codes)) == 10
    typed = "-".join(codes[0][i : i + 4] for i in range(0, 16, 4)).lower().replace("0", "o")
    assert taken(typed, now=NOW)
    assert not taken(codes[0], now=NOW)
    assert not taken(codes[1], now=NOW, key="manager")
    assert second_factor.recovery_codes_left(user().id) == 9


@pytest.mark.parametrize("code", ["", "000000", "12345", "x" * 40, "١٢٣٤٥٦"])
def test_other_codes_are_refused(code: str) -> None:
    switched_on()
    assert not taken(code, now=NOW)


def test_the_database_alone_opens_nothing() -> None:
    codes = switched_on()
    row = db.session.scalars(select(SecondFactor)).one()
    assert SECRET.hex() not in row.sealed
    digests = set(db.session.scalars(select(RecoveryCode.digest)))
    assert digests.isdisjoint(codes)
    ours = running.settings().data_keys
    for stolen in ({"keys": (ours[0] + "x",)}, {"owner": user("manager").id}, {"purpose": "other"}):
        how = {"keys": ours, "owner": user().id, "purpose": "second factor", **stolen}
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(row.sealed, **how)  # type: ignore[arg-type]


def pass_on(visitor: FlaskClient, key: str = "registrar") -> None:
    data = {"email": f"{key}@sijil.example", "password": loading.PASSWORD}
    answer = visitor.post("/sign-in?next=/agency", data=data)
    assert answer.location == "/sign-in/code?next=/agency"


def test_the_password_alone_does_not_open_the_desk(client: FlaskClient) -> None:
    switched_on()
    pass_on(client)
    assert client.get("/desk").status_code == 302
    wrong = client.post("/sign-in/code", data={"code": "000000"})
    assert wrong.status_code == 422
    code = second_factor.code_at(SECRET, clock.now())
    right = client.post("/sign-in/code?next=/agency", data={"code": code})
    assert right.location == "/agency"
    assert client.get("/desk").status_code == 200


def test_guessing_codes_slows_down(client: FlaskClient) -> None:
    switched_on()
    pass_on(client)
    answers = [client.post("/sign-in/code", data={"code": f"{n:06}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]


def test_the_code_is_not_asked_of_somebody_who_did_not_know_the_password(
    client: FlaskClient,
) -> None:
    switched_on()
    code = second_factor.code_at(SECRET, clock.now())
    assert client.post("/sign-in/code", data={"code": code}).location == "/sign-in"
    pass_on(client)
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        code = second_factor.code_at(SECRET, clock.now())
        assert client.post("/sign-in/code", data={"code": code}).location == "/sign-in"


@pytest.fixture
def demanded(app: Flask) -> Iterator[None]:
    before = app.config["LMS"]
    app.config["LMS"] = replace(before, second_factor="always")
    yield
    app.config["LMS"] = before


@pytest.mark.usefixtures("demanded")
def test_a_role_leads_to_the_set_up_first(sign_in: SignIn) -> None:
    visitor, trainee = sign_in("registrar"), sign_in("aisyah")
    for path in ("/desk", "/certificates/", "/account/password"):
        assert visitor.get(path).location == "/account/second-factor"
    assert visitor.get("/account").status_code == 200
    assert trainee.get("/desk").status_code == 200
    page = visitor.get("/account/second-factor")
    secret = offered(page.text)
    done = visitor.post(
        "/account/second-factor", data={"code": second_factor.code_at(secret, clock.now())}
    )
    assert len(re.findall(r"<li>[0-9A-Z ]{19}</li>", done.text)) == 10
    assert visitor.get("/desk").status_code == 200
    assert visitor.get("/account/second-factor/remove").status_code == 409


def offered(page: str) -> bytes:
    import base64

    found = re.search(r'<p class="mono">([A-Z2-7 ]+)</p>', page)
    assert found is not None
    text = found[1].replace(" ", "")
    return base64.b32decode(text + "=" * (-len(text) % 8))


def test_a_wrong_code_switches_nothing_on_and_keeps_the_secret(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    before = offered(visitor.get("/account/second-factor").text)
    wrong = visitor.post("/account/second-factor", data={"code": "000000"})
    assert wrong.status_code == 422
    assert offered(wrong.text) == before
    assert second_factor.of_user(user("aisyah").id) is None


def test_switching_it_on_ends_the_other_sessions(sign_in: SignIn) -> None:
    here, there = sign_in("aisyah"), sign_in("aisyah")
    secret = offered(here.get("/account/second-factor").text)
    code = second_factor.code_at(secret, clock.now())
    assert here.post("/account/second-factor", data={"code": code}).status_code == 200
    assert here.get("/desk").status_code == 200
    assert there.get("/desk").status_code == 302


def test_a_learner_may_do_without_it_again_with_the_password(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    switched_on("aisyah")
    address = "/account/second-factor/remove"
    assert visitor.post(address, data={"password": "not this"}).status_code == 422
    assert second_factor.of_user(user("aisyah").id) is not None
    assert visitor.post(address, data={"password": loading.PASSWORD}).status_code == 302
    assert second_factor.of_user(user("aisyah").id) is None


def test_sessions_opened_by_code_are_strong(client: FlaskClient) -> None:
    switched_on()
    pass_on(client)
    code = second_factor.code_at(SECRET, clock.now())
    client.post("/sign-in/code", data={"code": code})
    with client.session_transaction() as cookie:
        found = who.by_secret(str(cookie["_user_id"]), now=clock.now())
    assert found is not None
    assert found.strong


def _guess_codes(visitor: FlaskClient, times: int) -> list[int]:
    visitor.post("/sign-in", data={"email": EMAIL, "password": loading.PASSWORD})
    return [
        visitor.post("/sign-in/code", data={"code": "abcdef"}).status_code for _ in range(times)
    ]


def test_a_stolen_password_does_not_delay_the_owner_in_a_known_browser(app: Flask) -> None:
    switched_on()
    owner, stranger = app.test_client(), app.test_client()
    for visit in range(2):
        code = second_factor.code_at(SECRET, clock.now() + timedelta(seconds=visit * 30))
        owner.post("/sign-in", data={"email": EMAIL, "password": loading.PASSWORD})
        assert owner.post("/sign-in/code", data={"code": code}).status_code == 302
        owner.post("/sign-out")
        assert _guess_codes(stranger, 6)[-1] == 429
