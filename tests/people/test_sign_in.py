"""Signing in tells nobody which half was wrong, and leads nowhere else."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Role
from lms.people import passwords, queries, service
from lms.people.views import safe_next
from lms.sample import loading
from tests.conftest import SignIn
from tests.make import fresh, make_organisation, make_user

EVIL = [
    "https://evil.example/",
    "http:evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/desk\\..",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\x00/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "desk",
    "?next=/",
    "#top",
    "",
    None,
]
GOOD_PASSWORD = "kasut biru di tangga"
GOOD = ["/", "/desk", "/places/abc?page=2", "/courses/x#offerings", "/a//b", "/@evil.example"]


@pytest.mark.parametrize("target", EVIL)
def test_nobody_is_sent_away_from_here(target: str | None) -> None:
    assert safe_next(target) is None


@pytest.mark.parametrize("target", GOOD)
def test_people_are_sent_back_to_where_they_were(target: str) -> None:
    assert safe_next(target) == target


def try_in(client: FlaskClient, email: str, password: str, **query: str) -> tuple[int, str]:
    answer = client.post(
        "/sign-in", data={"email": email, "password": password}, query_string=query
    )
    text = answer.text.replace(email, "…")
    return answer.status_code, re.sub(r'nonce-[^"\']+|(?<=nonce=")[^"]+', "", text)


@pytest.mark.usefixtures("app")
def test_wrong_unknown_and_closed_accounts_get_the_same_answer(client: FlaskClient) -> None:
    with transaction():
        closed = queries.user_by_email("budi@sijil.example")
        assert closed is not None
        closed.is_active = False
    wrong = try_in(client, "aisyah@sijil.example", "wrong password here")
    unknown = try_in(client, "nobody@sijil.example", loading.PASSWORD)
    inactive = try_in(client, "budi@sijil.example", loading.PASSWORD)
    assert wrong[0] == 422
    assert wrong == unknown == inactive
    assert client.get("/desk").status_code == 302
    assert "is-invalid" in wrong[1] or "aria-invalid" in wrong[1] or "error" in wrong[1]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("email", ["aisyah@sijil.example", " AISYAH@Sijil.Example "])
def test_the_right_password_opens_the_desk(client: FlaskClient, email: str) -> None:
    assert try_in(client, email, loading.PASSWORD)[0] == 302
    assert client.get("/desk").status_code == 200
    user = queries.user_by_email("aisyah@sijil.example")
    assert user is not None
    assert user.signed_in_at is not None
    query = select(AuditEntry.action).where(AuditEntry.actor_id == user.id)
    assert "people.user.signed_in" in list(db.session.scalars(query))


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("asked", "given"), [("//evil.example", "/desk"), ("/agency", "/agency")])
def test_the_way_back_is_on_this_server(client: FlaskClient, asked: str, given: str) -> None:
    answer = client.post(
        "/sign-in",
        query_string={"next": asked},
        data={"email": "coordinator@sijil.example", "password": loading.PASSWORD},
    )
    assert answer.status_code == 302
    assert answer.location == given


def test_signing_out_ends_the_session(app: Flask, sign_in: SignIn) -> None:
    del app
    visitor = sign_in("aisyah")
    assert visitor.get("/desk").status_code == 200
    assert visitor.post("/sign-out").status_code == 302
    assert visitor.get("/desk").status_code == 302
    assert visitor.get("/sign-out").status_code == 405


def test_a_closed_account_is_signed_out_at_once(app: Flask, sign_in: SignIn) -> None:
    del app
    visitor = sign_in("aisyah")
    with transaction():
        user = queries.user_by_email("aisyah@sijil.example")
        assert user is not None
        user.is_active = False
    assert visitor.get("/desk").status_code == 302


def test_the_language_is_one_of_ours(app: Flask, sign_in: SignIn) -> None:
    del app
    visitor = sign_in("aisyah")

    def locale() -> str:
        user = queries.user_by_email("aisyah@sijil.example")
        assert user is not None
        return user.locale

    for sent, status, kept in (
        ("id", 302, "id"),
        ("xx", 422, "id"),
        ("", 422, "id"),
        ("en", 302, "en"),
    ):
        assert visitor.post("/language", data={"language": sent}).status_code == status
        assert locale() == kept
    evil = visitor.post("/language", data={"language": "ms", "next": "//evil.example"})
    assert (evil.status_code, locale()) == (422, "en")
    assert urlsplit(visitor.post("/language", data={"language": "ms"}).location)[2] == "/desk"


@pytest.mark.usefixtures("app")
def test_a_password_has_twelve_characters_or_more() -> None:
    user = make_user()
    for make in (
        lambda: service.set_password(user, "x" * 11, by=None, now=clock.now()),
        lambda: service.create_user("A", f"{fresh()}@x.example", password="x" * 11),
        lambda: service.create_user("A", f"{fresh()}@x.example"),
    ):
        with pytest.raises(Invalid) as caught:
            make()
        assert caught.value.fields == {"password": "password-too-short"}
    service.set_password(user, GOOD_PASSWORD, by=None, now=clock.now())
    assert service.authenticate(user.email, GOOD_PASSWORD) is user
    with pytest.raises(Invalid, match="sign-in-failed"):
        service.authenticate(user.email, "x" * 11)


def test_hashes_are_salted_and_broken_ones_match_nothing() -> None:
    one, other = passwords.make_hash("secret words"), passwords.make_hash("secret words")
    assert one != other
    assert one.startswith("$argon2id$")
    assert passwords.matches("secret words", one)
    assert not passwords.matches("Secret words", one)
    for broken in ("", "none", "$argon2id$", one[:-4]):
        assert not passwords.matches("secret words", broken)


@pytest.mark.usefixtures("app")
def test_an_address_belongs_to_one_account_in_any_case() -> None:
    user = make_user(email=f"{fresh()}@Example.ORG")
    assert queries.user_by_email(user.email.upper()) is user
    with pytest.raises(Conflict, match="email-taken"):
        make_user(email=user.email.lower())


@pytest.mark.usefixtures("app")
def test_a_role_is_granted_once_over_one_part_of_the_tree() -> None:
    top = make_organisation()
    below = make_organisation(parent=top)
    user = make_user(organisation=top)
    service.grant_role(user, Role.TRAINER, below, by=None)
    with pytest.raises(Conflict, match="role-already-held"):
        service.grant_role(user, Role.TRAINER, below, by=None)
    actor = queries.actor_of(user)
    assert (actor.user_id, actor.organisation_path) == (user.id, top.path)
    assert actor.holds(Role.TRAINER, below.path)
    assert not actor.holds(Role.TRAINER, top.path)
    assert below.path == f"{top.path}{below.id}/"
    assert top.path == f"/{top.id}/"
    with pytest.raises(Conflict, match="organisation-code-taken"):
        make_organisation(top.code)
