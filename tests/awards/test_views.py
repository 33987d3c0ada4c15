"""Awards over HTTP: the registrar issues, the holder takes away, a stranger checks."""

import json
import re
from io import BytesIO

import page as validator
import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.certificates import keyring, service
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel.permissions import Role
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import User
from lms.programmes.models import Programme
from lms.sample.graduate import GRADUATE
from lms.storage import blobs
from lms.web import running
from tests.awards.making import complete, graduate, make_programme, two_courses
from tests.conftest import SignIn
from tests.make import fresh, make_organisation, make_user

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("app")]


def holder() -> User:
    user = people_queries.user_by_email(GRADUATE)
    assert user is not None
    return user


def of(kind: str) -> Certificate:
    query = select(Certificate).where(Certificate.user_id == holder().id, Certificate.kind == kind)
    return db.session.scalars(query).one()


def filed(kind: str) -> tuple[Certificate, bytes]:
    """With its PDF, as the job makes it."""
    made = of(kind)
    data = service.make_pdf(made, keyring.ring(running.settings()))
    with transaction():
        service.file_pdf(of(kind), data, blobs())
    return of(kind), data


def page_of(programme: Programme) -> str:
    return f"/certificates/programmes/{programme.public_id}"


def sample_programme() -> Programme:
    return db.session.scalars(select(Programme).where(Programme.code == "PGD-KS")).one()


def make_registrar(programme: Programme) -> User:
    user = make_user("Registrar", email=f"{fresh('r')}@test.example")
    people_service.grant_role(user, Role.REGISTRAR, programme.provider, by=None)
    return user


def posted(client: FlaskClient, programme: Programme, kind: str, *people: User) -> int:
    fields = {"kind": kind, "person": [one.public_id for one in people]}
    answer = client.post(f"{page_of(programme)}/issue?lang=en", data=fields)
    return answer.status_code


def test_the_page_of_the_sample_shows_the_graduate_and_what_others_lack(sign_in: SignIn) -> None:
    page = sign_in("registrar").get(page_of(sample_programme()) + "?lang=en").text
    assert of("award").serial in page
    assert of("transcript").serial in page
    assert "A group of courses is not completed yet." in page
    everybody = sign_in("registrar").get(page_of(sample_programme()) + "?lang=en&show=all").text
    assert "Budi Santoso" in everybody
    assert "Budi Santoso" not in page


def test_a_registrar_issues_to_those_ticked_and_is_told_how_many(sign_in: SignIn) -> None:
    first, second = two_courses()
    programme = make_programme(first, second)
    ready, begun = graduate(programme, "Ready"), make_user("Begun")
    complete(begun, first)
    client = sign_in(make_registrar(programme).email)
    assert posted(client, programme, "award", ready, begun) == 302
    page = client.get(page_of(programme) + "?lang=en").text
    assert "1 certificate is issued." in page
    assert "1 person got none" in page
    assert posted(client, programme, "transcript", ready, begun) == 302
    kinds = db.session.scalars(
        select(Certificate.kind).where(Certificate.programme_id == programme.id)
    ).all()
    assert sorted(kinds) == ["award", "transcript", "transcript"]
    page = client.get(page_of(programme) + "?lang=en&show=all").text
    assert "Interim" in page


def test_nobody_ticked_is_said_on_the_page(sign_in: SignIn) -> None:
    programme = make_programme(*two_courses())
    graduate(programme)
    client = sign_in(make_registrar(programme).email)
    answer = client.post(f"{page_of(programme)}/issue?lang=en", data={"kind": "award"})
    assert answer.status_code == 422
    assert "Choose at least one person." in answer.text
    answer = client.post(f"{page_of(programme)}/issue", data={"kind": "completion", "person": "x"})
    assert answer.status_code == 422


def test_a_double_click_with_one_key_is_answered_twice_and_done_once(sign_in: SignIn) -> None:
    programme = make_programme(*two_courses())
    user = graduate(programme)
    client = sign_in(make_registrar(programme).email)
    fields = {"kind": "award", "person": user.public_id, "request_key": "a" * 32}
    answers = [client.post(f"{page_of(programme)}/issue?lang=en", data=fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    page = client.get(page_of(programme) + "?lang=en").text
    assert "1 certificate is issued." in page
    assert "got none" not in page


def test_whoever_is_registrar_elsewhere_finds_nothing(sign_in: SignIn) -> None:
    programme = make_programme(*two_courses())
    user = graduate(programme)
    elsewhere = make_user("Elsewhere", email=f"{fresh('e')}@test.example")
    people_service.grant_role(elsewhere, Role.REGISTRAR, make_organisation(), by=None)
    stranger = sign_in(elsewhere.email)
    assert stranger.get(page_of(programme)).status_code == 404
    assert posted(stranger, programme, "award", user) == 404
    assert stranger.get(f"/certificates/{of('award').public_id}").status_code == 404
    assert sign_in("manager").get(page_of(programme)).status_code in {403, 404}
    assert sign_in("registrar").get("/certificates/programmes/nothing").status_code == 404


def test_the_way_there_is_shown_to_registrars_only(sign_in: SignIn) -> None:
    programme = sample_programme()
    address = page_of(programme)
    assert address in sign_in("registrar").get(f"/programmes/{programme.public_id}").text
    assert address in sign_in("registrar").get("/certificates/").text
    assert address not in sign_in("aisyah").get(f"/programmes/{programme.public_id}").text
    assert address not in sign_in("aisyah").get("/certificates/").text


@pytest.mark.parametrize("kind", ["award", "transcript"])
def test_the_holder_sees_and_takes_away_what_a_stranger_checks(
    sign_in: SignIn, app: Flask, kind: str
) -> None:
    made, data = filed(kind)
    client = sign_in(GRADUATE)
    assert made.serial in client.get("/certificates/").text
    page = client.get(f"/certificates/{made.public_id}?lang=en").text
    assert "MQF level 7" in page
    assert ("Completed courses" in page) is (kind == "transcript")
    assert client.get(f"/certificates/{made.public_id}/file").data == data
    credential = json.loads(client.get(f"/certificates/{made.public_id}/credential").data)
    assert credential == made.credential
    assert client.get(f"/certificates/{made.public_id}/badge").data.startswith(b"\x89PNG")
    assert client.get("/certificates/archive").status_code == 200
    stranger = app.test_client()
    seen = stranger.get(f"/v/{made.code}?lang=en").text
    assert "This certificate is valid" in seen
    assert "Postgraduate Diploma in Social Work" in seen
    assert made.user.name not in seen
    assert ("PGD504" in seen) is (kind == "transcript")
    upload = {"file": (BytesIO(data), "award.pdf")}
    checked = stranger.post("/verify/file?lang=en", data=upload).text
    assert "This certificate is valid" in checked
    assert made.user.name in checked


@pytest.mark.parametrize("kind", ["award", "transcript"])
def test_pages_of_registrar_and_auditor_work_for_it(sign_in: SignIn, kind: str) -> None:
    made = of(kind)
    registrar = sign_in("registrar")
    page = registrar.get(f"/certificates/{made.public_id}?lang=en").text
    assert "Certificate issued" in page
    for deed in ("suspend", "revoke", "correct"):
        found = re.search(rf'href="([^"]*{made.public_id}/{deed}[^"]*)"', page)
        assert found, deed
        assert registrar.get(found[1]).status_code == 200
    assert sign_in("auditor").get(f"/certificates/{made.public_id}/trace").status_code == 200


@pytest.mark.parametrize("kind", ["award", "transcript"])
def test_both_profiles_hold_for_its_signed_file(kind: str) -> None:
    _, data = filed(kind)
    excused = b"\r\nendstream" in data
    for profile in ("3a", "ua1"):
        failures = [
            each.rule_id
            for each in validator.validate_pdf_bytes(data, profile=profile).failures
            if not (excused and "STREAM-LENGTH-001" in each.rule_id)
        ]
        assert failures == []
    with pikepdf.open(BytesIO(data)) as document:
        left, bottom, right, top = (float(side) for side in document.pages[0].mediabox)
    assert (right - left < top - bottom) is (kind == "transcript")
