"""A forgotten password: the same answer for everybody, a link that works once and soon."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.mail.models import MailMessage
from lms.people import jobs, queries, resets, service
from lms.people.account_models import PasswordReset
from lms.people.models import User
from lms.sample import loading
from tests.conftest import SignIn
from tests.make import fresh, make_user

pytestmark = pytest.mark.usefixtures("app")
EMAIL = "aisyah@sijil.example"
NEW_PASSWORD = "kasut biru di tangga"


def mails() -> list[MailMessage]:
    return list(db.session.scalars(select(MailMessage).order_by(MailMessage.id)))


def token_mailed(email: str = EMAIL) -> str:
    jobs.mail_reset(email)
    found = re.search(r"/reset/(\S+)", mails()[-1].text)
    assert found is not None
    return found[1]


def person() -> User:
    found = queries.user_by_email(EMAIL)
    assert found is not None
    return found


def test_known_and_unknown_addresses_get_the_same_answer(client: FlaskClient) -> None:
    pages = [
        client.post("/forgotten", data={"email": email}).text.replace(email, "…")
        for email in (EMAIL, "nobody@x.example")
    ]
    assert pages[0] == pages[1]
    jobs.mail_reset("nobody@x.example")
    assert mails() == []


def test_the_link_sets_a_password_once(client: FlaskClient, sign_in: SignIn) -> None:
    inside = sign_in("aisyah")
    token = token_mailed()
    opened = client.get(f"/reset/{token}")
    assert opened.location == "/reset"
    assert client.get("/reset").status_code == 200
    done = client.post("/reset", data={"password": NEW_PASSWORD})
    assert done.location == "/sign-in"
    assert inside.get("/desk").status_code == 302
    assert service.authenticate(EMAIL, NEW_PASSWORD).email == EMAIL
    client.get(f"/reset/{token}")
    assert client.get("/reset").status_code == 410
    with pytest.raises(Invalid, match="reset-token-spent"), transaction():
        resets.use(token, NEW_PASSWORD, now=clock.now())


def test_the_link_gets_old(client: FlaskClient) -> None:
    token = token_mailed()
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        client.get(f"/reset/{token}")
        assert client.post("/reset", data={"password": NEW_PASSWORD}).status_code == 410


def test_an_easy_password_does_not_spend_the_link(client: FlaskClient) -> None:
    client.get(f"/reset/{token_mailed()}")
    for easy in ("password1234", "aisyahaisyah", "short", "x" * 129):
        assert client.post("/reset", data={"password": easy}).status_code == 422, easy
    assert client.post("/reset", data={"password": NEW_PASSWORD}).status_code == 302


def test_the_database_does_not_hold_the_token() -> None:
    token = token_mailed()
    row = db.session.scalars(select(PasswordReset)).one()
    assert token not in {row.digest, str(row.id)}


@pytest.mark.parametrize("guess", ["", "x", "../etc/passwd", "a" * 500])
def test_a_guess_opens_nothing(client: FlaskClient, guess: str) -> None:
    if guess:
        client.get(f"/reset/{guess}")
    assert client.get("/reset").status_code == 410


def test_a_closed_account_gets_no_link() -> None:
    with transaction():
        person().is_active = False
    jobs.mail_reset(EMAIL)
    assert mails() == []


def test_the_link_stands_on_the_configured_address_whatever_the_request_says(
    client: FlaskClient, app: Flask
) -> None:
    client.post("/forgotten", data={"email": EMAIL}, headers={"Host": "evil.example"})
    jobs.mail_reset(EMAIL)
    assert "evil.example" not in mails()[-1].text
    assert app.config["LMS"].base_url in mails()[-1].text


def test_changing_it_needs_the_present_one(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    wrong = {"current": "not this one", "password": NEW_PASSWORD}
    answer = visitor.post("/account/password", data=wrong)
    assert answer.status_code == 422
    assert service.authenticate(EMAIL, loading.PASSWORD) is person()
    right = {"current": loading.PASSWORD, "password": NEW_PASSWORD}
    assert visitor.post("/account/password", data=right).status_code == 302
    assert service.authenticate(EMAIL, NEW_PASSWORD) is person()
    assert mails()[-1].kind == "people/password_changed"


def test_guessing_the_present_one_slows_down(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    wrong = {"current": "not this one", "password": NEW_PASSWORD}
    answers = [visitor.post("/account/password", data=wrong).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_own_words_make_no_password() -> None:
    user = make_user("Nur Hidayah", email=f"{fresh()}@test.example")
    with pytest.raises(Invalid) as caught:
        resets.check("NurHidayah01", user.name, user.email)
    assert caught.value.fields == {"password": "password-easy"}


def test_whoever_reads_the_mail_is_not_delayed(client: FlaskClient, app: Flask) -> None:
    token = token_mailed()
    client.get(f"/reset/{token}")
    client.post("/reset", data={"password": NEW_PASSWORD})
    words = {"email": EMAIL, "password": "a wrong password"}
    for number in range(11):
        stranger = {"REMOTE_ADDR": f"192.0.2.{number}"}
        app.test_client().post("/sign-in", data=words, environ_base=stranger)
    right = {"email": EMAIL, "password": NEW_PASSWORD}
    assert app.test_client().post("/sign-in", data=right).status_code == 429
    assert client.post("/sign-in", data=right).status_code == 302
