"""Passkeys: bound to this host, answered once, nobody else's, and gone when they are removed."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.people import passkeys, queries, second_factor
from lms.people.account_models import Passkey, RecoveryCode
from lms.people.models import User
from lms.people.passkeys import Party
from lms.sample import loading
from tests.conftest import SignIn
from tests.people.device import Device

pytestmark = pytest.mark.usefixtures("app")
OURS = Party("lms.example", "https://lms.example", "Institute")
NEW = "/account/passkeys/new"


def user(key: str = "aisyah") -> User:
    found = queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def device(origin: str = OURS.origin, host: str = OURS.host) -> Device:
    return Device(host, origin)


def added(one: Device, key: str = "aisyah") -> list[str]:
    challenge = passkeys.new_challenge()
    answer = one.make(passkeys.asking_to_make(user(key), challenge, OURS))
    with transaction():
        return passkeys.add(user(key), " my   phone ", answer, challenge, OURS, now=clock.now())


def shown(one: Device, key: str = "aisyah", *, ours: Party = OURS) -> bool:
    challenge = passkeys.new_challenge()
    answer = one.show(passkeys.asking_to_show(user(key).id, challenge, ours))
    return taken(answer, challenge, key)


def taken(answer: str, challenge: bytes | None, key: str = "aisyah") -> bool:
    try:
        with transaction():
            passkeys.check(user(key).id, answer, challenge, OURS, now=clock.now())
    except Invalid:
        return False
    return True


def test_the_first_key_brings_recovery_codes_and_the_next_none() -> None:
    assert len(added(device())) == 10
    assert added(device()) == []
    kept = passkeys.of_user(user().id)
    assert [key.name for key in kept] == ["my phone"] * 2


def test_a_key_opens_its_owners_account_only() -> None:
    one, other = device(), device()
    added(one)
    added(other, "budi")
    assert shown(one)
    assert not shown(other)
    assert not shown(one, "budi")
    assert shown(other, "budi")


@pytest.mark.parametrize(
    "false", [device("https://lms.example.evil"), device(host="lms.example.evil")]
)
def test_what_was_signed_for_another_site_is_refused(false: Device) -> None:
    with pytest.raises(Invalid, match="passkey-wrong"):
        added(false)
    true = device()
    added(true)
    true.origin, true.host = false.origin, false.host
    assert not shown(true)


def test_another_challenge_none_and_noise_are_refused() -> None:
    one = device()
    added(one)
    first, second = passkeys.new_challenge(), passkeys.new_challenge()
    answer = one.show(passkeys.asking_to_show(user().id, first, OURS))
    assert not taken(answer, second)
    assert not taken(answer, None)
    for noise in ("", "{}", "[]", "null", '{"id": 1}', answer.replace('"id"', '"di"')):
        assert not taken(noise, first)
        with pytest.raises(Invalid):
            passkeys.add(user(), "x", noise, first, OURS, now=clock.now())
    assert taken(answer, first)


def test_a_copy_of_a_device_lags_behind_its_counter() -> None:
    one = device()
    added(one)
    assert shown(one)
    assert shown(one)
    one.uses = 0
    assert not shown(one)


def test_a_key_is_kept_once_and_ten_at_most() -> None:
    one = device()
    added(one)
    with pytest.raises(Conflict, match="passkey-known"):
        added(one)
    for _ in range(passkeys.MOST - 1):
        added(device())
    with pytest.raises(Conflict, match="passkeys-many"):
        added(device())


def test_the_last_key_takes_the_recovery_codes_along_unless_it_must_stay() -> None:
    added(device())
    key = passkeys.of_user(user().id)[0]
    with pytest.raises(Conflict, match="second-factor-demanded"):
        passkeys.remove(user(), key.public_id, must_keep_one=True)
    with transaction():
        passkeys.remove(user(), key.public_id, must_keep_one=False)
    assert db.session.scalars(select(RecoveryCode)).all() == []
    added(device())
    with transaction():
        second_factor.remove(user(), by=None)
    assert db.session.scalars(select(Passkey)).all() == []


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://lms.example/base", "lms.example"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
        ("", None),
    ],
)
def test_a_key_is_bound_to_a_name_never_to_a_number(address: str, host: str | None) -> None:
    found = passkeys.party(address, "Institute")
    assert (found.host if found else None) == host


@pytest.fixture
def named(app: Flask) -> Iterator[None]:
    """The server has a name, and asks again each time."""
    before = app.config["LMS"]
    app.config["LMS"] = replace(before, base_url=OURS.origin, confirm_minutes=60)
    yield
    app.config["LMS"] = before


def options(page: str) -> str:
    found = re.search(r'data-options="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def made(visitor: FlaskClient, one: Device) -> None:
    answer = one.make(options(visitor.get(NEW).text))
    page = visitor.post(NEW, data={"name": "phone", "passkey": answer})
    assert page.status_code == 200
    assert len(re.findall(r"<li>[0-9A-Z ]{19}</li>", page.text)) == 10


@pytest.mark.usefixtures("named")
def test_signing_in_takes_the_key_or_a_recovery_code(sign_in: SignIn, client: FlaskClient) -> None:
    one = device()
    made(sign_in("aisyah"), one)
    data = {"email": "aisyah@sijil.example", "password": loading.PASSWORD}
    assert client.post("/sign-in", data=data).location == "/sign-in/code"
    asked = client.get("/sign-in/code").text
    answer = one.show(options(asked))
    assert client.post("/sign-in/code", data={"signed": answer}).location == "/desk"
    again = client.application.test_client()
    again.post("/sign-in", data=data)
    again.get("/sign-in/code")
    assert again.post("/sign-in/code", data={"signed": answer}).status_code == 422
    assert again.get("/desk").status_code == 302


@pytest.mark.usefixtures("named")
def test_an_answer_is_taken_for_five_minutes(sign_in: SignIn) -> None:
    visitor, one = sign_in("aisyah"), device()
    answer = one.make(options(visitor.get(NEW).text))
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        late = visitor.post(NEW, data={"name": "phone", "passkey": answer})
    assert late.status_code == 422
    assert passkeys.of_user(user().id) == []


@pytest.mark.usefixtures("named")
def test_keys_of_others_are_not_there(sign_in: SignIn) -> None:
    made(sign_in("aisyah"), device())
    key = passkeys.of_user(user().id)[0]
    address = f"/account/passkeys/{key.public_id}/remove"
    assert sign_in("budi").post(address).status_code == 404
    assert sign_in("aisyah").post(address).status_code == 302


def test_without_a_name_no_key_is_offered(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    assert NEW not in visitor.get("/account").text
    assert visitor.get(NEW).status_code == 409
