"""Checks by program: what a token opens and for how long, and that a cookie opens nothing."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from lms.audit.models import AuditEntry
from lms.checking import answers, verification
from lms.db import db, transaction
from lms.employers import asking, quota, tokens
from lms.employers.models import ApiToken
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import Organisation, RoleGrant, User
from lms.sample import loading
from lms.web.forms import protection
from lms.web.logs import redacted
from tests.certificates.awards import bring, sample_certificate
from tests.conftest import SignIn
from tests.employers import making

CHECKS = "/api/v1/checks"
HOLDER = "Nur Aisyah binti Abdul Rahman"


@pytest.fixture
def house(app: Flask) -> tuple[Organisation, User]:
    del app
    return making.make_employer()


@pytest.fixture
def token(house: tuple[Organisation, User]) -> str:
    with transaction():
        return tokens.make(house[0], "Personnel", 30, by=house[1].id, now=clock.now())[1]


def ask(
    client: FlaskClient, token: str, *checks: Mapping[str, object], **more: object
) -> TestResponse:
    body = {"checks": list(checks), **more}
    return client.post(
        CHECKS, json=body, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    )


def test_each_check_is_answered_in_its_place(client: FlaskClient, token: str) -> None:
    known = sample_certificate()
    answer = ask(
        client,
        token,
        {"code": known.code, "name": HOLDER.lower(), "reference": "A-1"},
        {"code": making.unknown_code(), "name": HOLDER},
        {"code": known.code, "name": "Somebody Else"},
        {"code": "nonsense", "reference": "=1"},
        {"code": known.code},
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.get_json()["checks"]
    assert [one["verdict"] for one in said] == ["valid", "unknown", "valid", "unknown", "valid"]
    assert [one["name_matches"] for one in said] == [True, None, False, None, None]
    assert [one["reference"] for one in said] == ["A-1", "", "", "=1", ""]
    assert answer.get_json()["left_today"] == 20_000 - 5
    with force_locale("en"):
        alone = answers.plain(verification.by_code(known.code, now=clock.now()))
    assert {*said[0]} == {*alone, "reference"}
    assert {name: said[4][name] for name in alone if name != "checked_at"} == {
        name: value for name, value in alone.items() if name != "checked_at"
    }
    assert {n: v for n, v in said[1].items() if n != "reference"} == {
        n: v for n, v in said[3].items() if n != "reference"
    }
    for secret in (HOLDER, known.user.email):
        assert secret.lower() not in answer.text.lower()


def test_one_code_is_asked_by_its_address(client: FlaskClient, token: str) -> None:
    known = sample_certificate()
    with transaction():
        bring(known, "revoked")
    shown = {"Authorization": f"bearer {token}"}
    answer = client.get(f"{CHECKS}/{known.code}?name={HOLDER}", headers=shown)
    assert (answer.status_code, answer.get_json()["verdict"]) == (200, "revoked")
    assert answer.get_json()["name_matches"] is None  # names do not belong into addresses
    assert "A test" not in answer.text
    answer = client.get(f"{CHECKS}/{making.unknown_code()}", headers=shown)
    assert (answer.status_code, answer.get_json()["verdict"]) == (404, "unknown")


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer sijil_wrong", "Basic {token}", "{token}"])
def test_nothing_is_answered_without_a_token(client: FlaskClient, token: str, shown: str) -> None:
    lines = {"Authorization": shown.format(token=token)} if shown else {}
    for answer in (
        client.post(CHECKS, data=b"not even JSON", headers=lines),
        client.get(f"{CHECKS}/{sample_certificate().code}", headers=lines),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["code"] == "token-not-known"


def test_a_cookie_opens_nothing_here(sign_in: SignIn) -> None:
    visitor = sign_in("employer")
    assert visitor.get("/employers/checks/").status_code == 200
    assert visitor.post(CHECKS, json={"checks": [{"code": "A"}]}).status_code == 401
    assert visitor.get(f"{CHECKS}/{sample_certificate().code}").status_code == 401


def test_what_needs_no_form_token_looks_at_no_cookie(app: Flask) -> None:
    exempt = {part.name for part in protection._exempt_blueprints}
    views = {
        name: view for name, view in app.view_functions.items() if name.partition(".")[0] in exempt
    }
    assert exempt == {"employer_api"}
    assert protection._exempt_views == set()
    assert {getattr(view, "access", None) for view in views.values()} == {"token"}


@pytest.mark.parametrize("end", ["ended", "run out", "left", "role"])
def test_a_token_ends(
    client: FlaskClient, token: str, house: tuple[Organisation, User], end: str
) -> None:
    assert ask(client, token, {"code": "A"}).status_code == 200
    later = clock.now() + timedelta(days=30 if end == "run out" else 1)
    with time_machine.travel(later, tick=False):
        with transaction():
            user = db.session.get_one(User, house[1].id)
            kept = db.session.scalars(select(ApiToken)).all()[-1]
            if end == "ended":
                tokens.end(kept, by=user.id, now=clock.now())
                tokens.end(kept, by=user.id, now=clock.now())
            if end == "left":
                user.is_active = False
            if end == "role":
                db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == user.id))
        assert ask(client, token, {"code": "A"}).status_code == 401


def test_programs_and_runs_share_the_count_of_the_day(
    client: FlaskClient, token: str, house: tuple[Organisation, User]
) -> None:
    with transaction():
        quota.take(house[0], 19_998, 20_000, now=clock.now())
    answer = ask(client, token, *[{"code": "A"}] * 3)
    assert answer.status_code == 429
    assert answer.get_json()["code"] == "checks-quota"
    assert 0 < int(answer.headers["Retry-After"]) <= 86_401
    assert ask(client, token, *[{"code": "A"}] * 2).get_json()["left_today"] == 0
    assert client.get(f"{CHECKS}/A", headers={"Authorization": f"Bearer {token}"}).status_code == (
        429
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "api-not-json"),
        (b"[]", "api-not-json"),
        (b"\xff", "api-not-json"),
        (b"[" * 100_000, "api-not-json"),
        (b'{"checks": {}}', "api-not-json"),
        (b'{"checks": [], "more": 1}', "api-not-json"),
        (b'{"checks": []}', "api-too-many"),
        (json.dumps({"checks": [{"code": "A"}] * 501}).encode(), "api-too-many"),
        (b'{"checks": ["A"]}', "api-bad-check"),
        (b'{"checks": [{}]}', "api-bad-check"),
        (b'{"checks": [{"code": 1}]}', "api-bad-check"),
        (b'{"checks": [{"code": "A", "name": null}]}', "api-bad-check"),
        (b'{"checks": [{"code": "A", "organisation": "x"}]}', "api-bad-check"),
        (json.dumps({"checks": [{"code": "A" * 201}]}).encode(), "api-bad-check"),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_counted(
    client: FlaskClient, token: str, house: tuple[Organisation, User], body: bytes, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        asking.read(body)
    answer = client.post(CHECKS, data=body, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert quota.left(house[0], 100, now=clock.now()) == 100


def test_a_fault_names_its_place_and_a_long_body_is_not_read(
    client: FlaskClient, token: str
) -> None:
    answer = ask(client, token, {"code": "A"}, {"code": "B", "id": "1"})
    assert answer.get_json()["errors"][0]["pointer"] == "/checks/1"
    assert ask(client, token, {"code": "A" * 1_000_001}).status_code == 413
    odd = ask(client, token, {"code": "\ud800\x00", "name": "\ud800", "reference": "\ud800"})
    assert (odd.status_code, odd.get_json()["checks"][0]["verdict"]) == (200, "unknown")


def test_it_is_recorded_with_counts_and_used_at_is_kept(client: FlaskClient, token: str) -> None:
    ask(client, token, {"code": sample_certificate().code, "name": "Ali"}, {"code": "B"})
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "employers.api.checked")
    ).one()
    assert entry.details == {"counts": {"valid": 1, "unknown": 1}}
    kept = db.session.scalars(select(ApiToken)).all()[-1]
    assert (kept.used_at is not None, entry.actor_id, entry.object_id) == (
        True,
        kept.made_by_id,
        kept.id,
    )


def test_five_hundred_cost_as_many_statements_as_two(
    client: FlaskClient, token: str, count_statements: Callable[[], Any]
) -> None:
    codes = [one.code for one in making.certificates()]
    costs = []
    for number in (2, 500):
        checks = [{"code": codes[n % len(codes)]} for n in range(number)]
        with count_statements() as seen:
            assert ask(client, token, *checks).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] < 20


def test_a_token_is_shown_once_and_kept_as_a_digest(sign_in: SignIn, client: FlaskClient) -> None:
    visitor = sign_in("employer")
    page = visitor.post("/employers/tokens/?lang=en", data={"name": "Personnel", "days": "365"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    secret = page.text.partition('<p class="code">')[2].partition("</p>")[0]
    assert len(secret) > 40
    kept = db.session.scalars(select(ApiToken)).all()[-1]
    assert secret not in {kept.digest, kept.public_id, kept.name}
    assert ask(client, secret, {"code": "A"}).status_code == 200
    later = visitor.get("/employers/tokens/?lang=en").text
    assert ("Personnel" in later, secret in later) == (True, False)
    assert visitor.post("/employers/tokens/", data={"name": "X", "days": "366"}).status_code == 422
    assert visitor.post("/employers/tokens/", data={"name": "", "days": "30"}).status_code == 422
    assert visitor.post(f"/employers/tokens/{kept.public_id}/end").status_code == 302
    assert ask(client, secret, {"code": "A"}).status_code == 401


def test_who_makes_a_token_later_in_a_session_is_asked_who_it_is(sign_in: SignIn) -> None:
    visitor = sign_in("employer")
    kept = len(db.session.scalars(select(ApiToken)).all())
    with time_machine.travel(clock.now() + timedelta(minutes=20), tick=False):
        data = {"name": "Personnel", "days": "30"}
        assert visitor.post("/employers/tokens/", data=data).status_code == 401
        assert len(db.session.scalars(select(ApiToken)).all()) == kept
        proven = {**data, "confirmation": loading.PASSWORD}
        assert visitor.post("/employers/tokens/", data=proven).status_code == 200
    assert len(db.session.scalars(select(ApiToken)).all()) == kept + 1


def test_tokens_of_others_are_not_there(sign_in: SignIn, token: str) -> None:
    del token
    kept = db.session.scalars(select(ApiToken)).all()[-1]
    visitor = sign_in("employer")
    assert visitor.post(f"/employers/tokens/{kept.public_id}/end").status_code == 404
    assert kept.public_id not in visitor.get("/employers/tokens/").text
    assert sign_in("manager").get("/employers/tokens/").status_code == 403


def test_twenty_tokens_are_open_at_most(house: tuple[Organisation, User]) -> None:
    def make() -> ApiToken:
        with transaction():
            return tokens.make(house[0], "P", 30, by=house[1].id, now=clock.now())[0]

    made = [make() for _ in range(tokens.MOST_OPEN)]
    with pytest.raises(Conflict, match="tokens-too-many"):
        make()
    with transaction():
        tokens.end(made[0], by=house[1].id, now=clock.now())
    make()


def test_codes_of_the_address_are_not_logged() -> None:
    assert redacted("GET /api/v1/checks/0ABCDEF 200") == "GET /api/v1/checks/… 200"


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    before = app.config["LMS"]
    app.config["LMS"] = replace(before, rate_limits=True)
    app.extensions["lms_counts"].forget()
    yield app
    app.config["LMS"] = before
    app.extensions["lms_counts"].forget()


def test_a_program_asks_so_often_and_wrong_tokens_use_up_nobody_elses(
    limited: Flask, token: str, house: tuple[Organisation, User]
) -> None:
    client = limited.test_client()
    wrong = [ask(client, f"{token}{number}", {"code": "A"}).status_code for number in range(32)]
    assert wrong == [401] * 30 + [429] * 2
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}

    def again(secret: str) -> int:
        lines = {"Authorization": f"Bearer {secret}"}
        return client.get(f"{CHECKS}/A", headers=lines, **elsewhere).status_code

    assert [again(token) for _ in range(61)] == [404] * 60 + [429]
    with transaction():
        _, other = tokens.make(house[0], "Another", 30, by=house[1].id, now=clock.now())
    assert again(other) == 404
