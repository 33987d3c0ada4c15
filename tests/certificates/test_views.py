"""Certificates over HTTP, on the sample institute."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.assessment import queries as assessment_queries
from lms.assessment import service as assessment_service
from lms.catalogue import queries as catalogue_queries
from lms.certificates import keyring, proof, queries, status_list
from lms.certificates.models import Certificate
from lms.checking import verification
from lms.db import db, transaction
from lms.enrolment import changing, roll
from lms.enrolment import queries as enrolment_queries
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Presence
from lms.enrolment.rules import Mark
from lms.jobs import queries as job_queries
from lms.kernel import clock, codes
from lms.kernel.permissions import Role
from lms.people import passwords
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import User
from lms.printing.content import grouped
from lms.sample import loading, past_course
from lms.web import running
from tests.certificates.awards import bring, first_moment, last_moment, sample_certificate
from tests.conftest import SignIn
from tests.make import choices, make_organisation, make_user, upload

pytestmark = pytest.mark.usefixtures("app")

HOLDER = "Nur Aisyah binti Abdul Rahman"
INITIALS = "N. A. b. A. R."
VALID = "This certificate is valid"
UNKNOWN = "We do not know this certificate"
TAMPERED = "This is not the certificate that was issued"


def sent(client: FlaskClient, data: bytes, name: str = "certificate.pdf") -> TestResponse:
    """The answer to an upload."""
    # Written by hand: the test client would leave a temporary file open for a large one.
    head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return client.post(
        "/verify/file?lang=en",
        data=head.encode() + data + b"\r\n--limit--\r\n",
        content_type="multipart/form-data; boundary=limit",
    )


def seen(client: FlaskClient, code: str, **more: str) -> TestResponse:
    """The answer to a code."""
    return client.get(f"/v/{code}", query_string={"lang": "en", **more})


def person(key: str) -> User:
    user = people_queries.user_by_email(f"{key}@sijil.example")
    assert user is not None
    return user


def private(answer: TestResponse) -> bool:
    """Whether an answer is kept out of indexes, caches and the referrer."""
    return (
        "noindex" in answer.headers["X-Robots-Tag"]
        and answer.headers["Cache-Control"] == "no-store"
        and answer.headers["Referrer-Policy"] == "no-referrer"
    )


def test_a_code_shows_the_facts_but_only_initials(client: FlaskClient) -> None:
    certificate = sample_certificate()
    serial = certificate.serial
    answer = seen(client, certificate.code)
    assert answer.status_code == 200
    assert VALID in answer.text
    assert serial in answer.text
    assert INITIALS in answer.text
    assert HOLDER not in answer.text
    assert "Aisyah" not in answer.text


@pytest.mark.parametrize("address", ["/v/{}", "/V/{}", "/v/{} ", "/V/{}?lang=id", "/v/{}?name="])
def test_the_address_of_the_qr_code_works_in_both_cases(client: FlaskClient, address: str) -> None:
    code = sample_certificate().code
    for text in (code, code.lower()):
        answer = client.get(address.format(text))
        assert answer.status_code == 200
        assert INITIALS in answer.text
        assert private(answer)


def test_a_typed_name_that_matches_shows_the_name(client: FlaskClient) -> None:
    answer = seen(client, sample_certificate().code, name=f" {HOLDER.upper()}  ")
    assert HOLDER in answer.text
    assert "The name you typed is the certified name." in answer.text
    assert private(answer)


@pytest.mark.parametrize(
    "typed", ["Nur Aisyah", "Mallory", INITIALS, '"><script>alert(1)</script>']
)
def test_a_typed_name_that_differs_shows_no_name(client: FlaskClient, typed: str) -> None:
    answer = seen(client, sample_certificate().code, name=typed)
    assert answer.status_code == 200
    assert HOLDER not in answer.text
    assert INITIALS in answer.text
    assert "The name you typed is not the certified name." in answer.text
    assert "<script>alert" not in answer.text


def test_unknown_and_malformed_codes_give_the_same_page(client: FlaskClient) -> None:
    real = sample_certificate().code
    wrong_check = real[:-1] + ("2" if real[-1] != "2" else "3")
    texts = [
        codes.new_verification_code(),
        "abc",
        "U" * 27,
        wrong_check,
        real + "0",
        "x" * 900,
    ]
    with time_machine.travel(clock.now(), tick=False):
        answers = [seen(client, text) for text in texts]
        answers += [client.post("/verify?lang=en", data={"code": "abc"})]
    assert {answer.status_code for answer in answers} == {404}
    assert all(private(answer) for answer in answers)
    assert UNKNOWN in answers[0].text
    assert {answer.text for answer in answers} == {answers[0].text}


def test_a_typed_code_is_answered_at_its_own_address(client: FlaskClient) -> None:
    code = sample_certificate().code
    answer = client.post("/verify", data={"code": grouped(code).lower()})
    assert (answer.status_code, answer.location.upper()) == (302, f"/V/{code}")
    assert client.post("/verify", data={"code": ""}).status_code == 422
    assert client.post("/verify", data={"code": "A" * 201}).status_code == 422
    assert client.get("/verify").status_code == 200


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("revoked", "This certificate has been revoked"),
        ("superseded", "This certificate has been replaced"),
        ("suspended", "This certificate is suspended"),
    ],
)
def test_a_state_is_told_by_code_and_by_file(
    client: FlaskClient, filed: Certificate, sample_pdf: bytes, state: str, heading: str
) -> None:
    code = filed.code
    with transaction():
        bring(sample_certificate(), state)
    for answer in (seen(client, code), sent(client, sample_pdf)):
        assert answer.status_code == 200
        assert heading in answer.text
        assert VALID not in answer.text
        assert private(answer)


def test_the_dates_are_told_by_code_and_by_file(
    client: FlaskClient, filed: Certificate, sample_pdf: bytes
) -> None:
    code, until = filed.code, filed.valid_until
    assert until is not None
    second = timedelta(seconds=1)
    for moment, heading in (
        (first_moment(filed.valid_from) - second, "This certificate is not valid yet"),
        (first_moment(filed.valid_from), VALID),
        (last_moment(until), VALID),
        (last_moment(until) + second, "This certificate has expired"),
    ):
        with time_machine.travel(moment, tick=False):
            answers = [seen(client, code), sent(client, sample_pdf)]
        assert all(heading in answer.text for answer in answers), moment


@pytest.mark.usefixtures("filed")
def test_the_file_shows_the_name(client: FlaskClient, sample_pdf: bytes) -> None:
    answer = sent(client, sample_pdf)
    assert answer.status_code == 200
    assert VALID in answer.text
    assert HOLDER in answer.text
    assert private(answer)


@pytest.mark.usefixtures("filed")
def test_an_altered_file_shows_nothing_of_the_certificate(
    client: FlaskClient, sample_pdf: bytes
) -> None:
    serial = sample_certificate().serial
    answer = sent(client, sample_pdf + b"\n")
    assert answer.status_code == 200
    assert TAMPERED in answer.text
    for word in (VALID, HOLDER, INITIALS, serial):
        assert word not in answer.text
    assert private(answer)


@pytest.mark.usefixtures("filed")
def test_unfit_files_get_a_plain_answer(
    client: FlaskClient, sample_pdf: bytes, issued: bytes
) -> None:
    files = {
        b"": "The file is not a PDF.",
        b"hello": "The file is not a PDF.",
        b"%PDF-1.7\n": "This file is not a certificate of ours.",
        issued: "This file is not a certificate of ours.",
        sample_pdf + bytes(verification.LIMIT): "too large to be a certificate",
    }
    for data, words in files.items():
        answer = sent(client, data)
        assert answer.status_code == 200, words
        assert UNKNOWN in answer.text
        assert words in answer.text
        assert private(answer)


def test_an_upload_wants_a_file(client: FlaskClient) -> None:
    for data in ({}, {"file": "text"}, {"file": (BytesIO(b"x"), "")}):
        answer = client.post("/verify/file?lang=en", data=data)
        assert answer.status_code == 422
        assert "Choose a file." in answer.text
    assert client.get("/verify/file").status_code == 405


def test_an_upload_beyond_every_limit_is_refused(client: FlaskClient) -> None:
    limit = client.application.config["MAX_CONTENT_LENGTH"]
    assert sent(client, bytes(limit)).status_code == 413


def published_key(client: FlaskClient) -> str:
    document = client.get("/.well-known/did.json").get_json()
    return str(document["verificationMethod"][0]["publicKeyMultibase"])


def test_the_did_document_is_open_json(client: FlaskClient) -> None:
    answer = client.get("/.well-known/did.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    document = answer.get_json()
    assert document["id"] == keyring.ring(running.settings()).did == "did:web:127.0.0.1%3A8000"
    assert "Set-Cookie" not in answer.headers


def test_a_downloaded_credential_verifies_with_the_published_key(
    client: FlaskClient, sign_in: SignIn
) -> None:
    address = f"/certificates/{sample_certificate().public_id}/credential"
    answer = sign_in("aisyah").get(address)
    assert answer.mimetype == "application/vc+ld+json"
    assert proof.verify(json.loads(answer.data), published_key(client))
    assert hashlib.sha256(answer.data).hexdigest() == sample_certificate().credential_digest


def status_document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/status/revocation/1")
    assert (answer.status_code, answer.mimetype) == (200, "application/vc")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    document: dict[str, Any] = json.loads(answer.data)
    return document


def test_the_status_list_verifies_and_holds_what_was_revoked(client: FlaskClient) -> None:
    index = sample_certificate().status_index
    for state, is_set in (("issued", False), ("suspended", False), ("revoked", True)):
        with transaction():
            bring(sample_certificate(), state)
        document = status_document(client)
        assert proof.verify(document, published_key(client))
        encoded = document["credentialSubject"]["encodedList"]
        assert status_list.is_set(encoded, index) is is_set, state


def test_the_root_certificate_is_open(client: FlaskClient) -> None:
    answer = client.get("/root.pem")
    assert answer.data == (running.settings().pki / "root.pem").read_bytes()
    assert b"PRIVATE" not in answer.data


@pytest.mark.parametrize("who", ["budi", "coordinator", "trainer1", "manager", "admin"])
def test_to_others_a_certificate_is_not_there(
    sign_in: SignIn, filed: Certificate, who: str
) -> None:
    public_id = filed.public_id
    visitor = sign_in(who)
    for part in ("", "/file", "/credential"):
        answer = visitor.get(f"/certificates/{public_id}{part}")
        assert answer.status_code == 404, part
        assert HOLDER not in answer.text
    assert visitor.get(f"/certificates/{public_id}/trace").status_code in {403, 404}
    assert sample_certificate().serial not in visitor.get("/certificates/").text


def test_without_an_account_nothing_opens(client: FlaskClient, filed: Certificate) -> None:
    public_id = filed.public_id
    for part in ("", "/file", "/credential", "/trace"):
        answer = client.get(f"/certificates/{public_id}{part}")
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("who", ["aisyah", "registrar", "auditor"])
def test_holder_registrar_and_auditor_open_it(
    sign_in: SignIn, filed: Certificate, sample_pdf: bytes, who: str
) -> None:
    public_id, serial, digest = filed.public_id, filed.serial, filed.pdf_digest
    visitor = sign_in(who)
    page = visitor.get(f"/certificates/{public_id}")
    assert page.status_code == 200
    assert serial in page.text
    assert digest is not None
    assert digest in page.text
    file = visitor.get(f"/certificates/{public_id}/file")
    assert (file.mimetype, file.data) == ("application/pdf", sample_pdf)
    assert hashlib.sha256(file.data).hexdigest() == digest
    assert f"{serial}.pdf" in file.headers["Content-Disposition"]
    assert file.headers["Cache-Control"] == "no-store"
    assert serial in visitor.get("/certificates/").text


def test_until_the_pdf_is_made_the_page_says_so(sign_in: SignIn) -> None:
    public_id = sample_certificate().public_id
    holder = sign_in("aisyah")
    page = holder.get(f"/certificates/{public_id}?lang=en")
    assert "The PDF is being made." in page.text
    assert holder.get(f"/certificates/{public_id}/file").status_code == 409


@pytest.mark.parametrize("who", ["auditor", "registrar"])
def test_the_trace_shows_statement_assessor_and_digest(sign_in: SignIn, who: str) -> None:
    certificate = sample_certificate()
    public_id = certificate.public_id
    digests = {
        file.digest
        for submission in assessment_queries.submissions_of(certificate.place)
        for file in submission.artefacts
    }
    page = sign_in(who).get(f"/certificates/{public_id}/trace?lang=en")
    assert page.status_code == 200
    for code in ("SWX.AS.02", "SWX.AS.03", "SWX.SG.01", "SWX.SG.03", "SWX.RM.01"):
        assert code in page.text
    assert "Grace Wong Siew Lan" in page.text
    assert len(digests) == 1
    assert f"SHA-256 {digests.pop()}" in page.text
    assert page.text.count("Sound") == 5


def test_the_trace_shows_a_fault(sign_in: SignIn) -> None:
    with transaction():
        certificate = sample_certificate()
        public_id = certificate.public_id
        claim = queries.claims_of(certificate)[0]
        claim.attainment.user_id = person("budi").id
    page = sign_in("auditor").get(f"/certificates/{public_id}/trace?lang=en")
    assert "The competency was attained by another person." in page.text
    assert page.text.count("Sound") == 4


def test_the_holder_does_not_see_the_trace(sign_in: SignIn) -> None:
    public_id = sample_certificate().public_id
    assert sign_in("aisyah").get(f"/certificates/{public_id}/trace").status_code in {403, 404}


def second_try() -> str:
    """The eighth trainee hands in again and is competent now; the public id of the place."""
    offering = catalogue_queries.offering_by_code(past_course.CODE)
    assert offering is not None
    place = enrolment_queries.active_enrolment(offering.id, person("ganesan").id)
    assert place is not None
    by, now = person("trainer1").id, clock.now()
    with transaction():
        for assessment in assessment_queries.assessments_of(offering.course_version_id):
            work = assessment_service.submit(
                assessment, place, upload("again"), by=place.user_id, now=now
            )
            assessment_service.grade(work, choices(work, 2), feedback="", by=by, now=now)
            assessment_service.release(work, by=by, now=now)
    return place.public_id


def issued_to(key: str) -> list[Certificate]:
    return queries.of_person(person(key).id)


def due_page() -> str:
    offering = catalogue_queries.offering_by_code(past_course.CODE)
    assert offering is not None
    return f"/certificates/offerings/{offering.public_id}?lang=en"


def test_the_registrar_issues_and_a_double_click_gives_one(sign_in: SignIn) -> None:
    registrar = sign_in("registrar")
    assert "A competency the course assesses is not attained yet." in registrar.get(due_page()).text
    address = f"/certificates/places/{second_try()}/issue"
    assert address in registrar.get(due_page()).text
    jobs = job_queries.counts().waiting
    first, second = registrar.post(address), registrar.post(address)
    (certificate,) = issued_to("ganesan")
    assert (first.status_code, second.status_code) == (302, 409)
    assert first.location == f"/certificates/{certificate.public_id}"
    assert certificate.issued_by_id == person("registrar").id
    assert job_queries.counts().waiting == jobs + 1
    after = registrar.get(due_page())
    assert certificate.serial in after.text
    assert address not in after.text
    assert certificate.serial in sign_in("ganesan").get("/certificates/").text


def test_an_issue_that_is_not_due_is_refused(sign_in: SignIn) -> None:
    offering = catalogue_queries.offering_by_code(past_course.CODE)
    assert offering is not None
    place = enrolment_queries.active_enrolment(offering.id, person("ganesan").id)
    assert place is not None
    answer = sign_in("registrar").post(f"/certificates/places/{place.public_id}/issue?lang=en")
    assert 400 <= answer.status_code < 500
    assert "A competency the course assesses is not attained yet." in answer.text
    assert issued_to("ganesan") == []


@pytest.mark.parametrize(
    "who", ["ganesan", "auditor", "trainer1", "manager", "coordinator", "admin"]
)
def test_nobody_else_issues(sign_in: SignIn, who: str) -> None:
    address = f"/certificates/places/{second_try()}/issue"
    visitor = sign_in(who)
    assert visitor.post(address).status_code in {403, 404}
    assert visitor.get(address).status_code == 405
    assert visitor.get(due_page()).status_code in {403, 404}
    assert issued_to("ganesan") == []


def test_the_registrar_of_another_provider_sees_and_issues_nothing(
    sign_in: SignIn, filed: Certificate
) -> None:
    public_id = filed.public_id
    with transaction():
        elsewhere = make_organisation("LAIN")
        other = people_service.create_user(
            "Another Registrar",
            "elsewhere@sijil.example",
            password_hash=passwords.make_hash(loading.PASSWORD),
            organisation=elsewhere,
        )
        people_service.grant_role(other, Role.REGISTRAR, elsewhere, by=None)
    place = second_try()
    visitor = sign_in("elsewhere")
    assert visitor.post(f"/certificates/places/{place}/issue").status_code == 404
    for part in ("", "/file", "/credential", "/trace"):
        assert visitor.get(f"/certificates/{public_id}{part}").status_code == 404, part
    assert visitor.get(due_page()).status_code in {403, 404}
    assert issued_to("ganesan") == []


def test_a_roll_that_changes_after_issue_is_flagged_and_alters_nothing(sign_in: SignIn) -> None:
    certificate = db.session.scalars(select(Certificate).order_by(Certificate.id)).first()
    assert certificate is not None
    place, before = certificate.place, dict(certificate.content)
    address = f"/certificates/offerings/{place.offering.public_id}?lang=en"
    flag = "The roll was changed after issue"
    registrar = sign_in("registrar")
    assert flag not in registrar.get(address).text
    for session in catalogue_queries.sessions_of(place.offering):
        roll.take_roll(
            session, {place.public_id: Mark(Presence.ABSENT)}, by=place.user_id, now=clock.now()
        )
    db.session.commit()
    assert registrar.get(address).text.count(flag) == 1
    db.session.refresh(certificate)
    assert (certificate.state, certificate.content) == ("issued", before)


def test_who_is_due_costs_the_same_at_any_number(
    sign_in: SignIn, count_statements: Callable[[], Any]
) -> None:
    offering = catalogue_queries.offering_by_code("PKK204-2")
    assert offering is not None
    registrar, address = sign_in("registrar"), f"/certificates/offerings/{offering.public_id}"
    with count_statements() as few:
        assert registrar.get(address).status_code == 200
    changing.change_capacity(offering.pools[0], 40, over=False, by=None, now=clock.now())
    for _ in range(25):
        enrolment_service.enrol(offering, make_user(), by=None, now=clock.now())
    db.session.commit()
    with count_statements() as many:
        assert registrar.get(address).text.count("<tr>") > 25
    assert len(many) == len(few)


def test_a_registrar_goes_back_page_by_page_to_the_first_certificate(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was two hundred at most: what was older could not be opened any more."""
    monkeypatch.setattr(queries, "PAGE", 1)
    numbers = list(db.session.scalars(select(Certificate.serial).order_by(Certificate.id.desc())))
    assert len(numbers) > 1
    registrar, address, found = sign_in("registrar"), "/certificates/?lang=en", list[str]()
    while address:
        page = registrar.get(address).text
        found += re.findall(r'<a class="mono" href="/certificates/\w+">([^<]+)</a>', page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"{onward[1]}&lang=en" if onward else ""
        assert ("Newest certificates" in page) == (len(found) > 1)
    assert found == numbers


def test_a_registrar_finds_a_certificate_by_its_number(sign_in: SignIn) -> None:
    wanted = sample_certificate()
    registrar, address = sign_in("registrar"), "/certificates/?lang=en&number="
    page = registrar.get(f"{address}%20{wanted.serial.lower()}").text
    assert page.count(f"/certificates/{wanted.public_id}") == 1
    assert "has this number" in registrar.get(f"{address}{wanted.serial[:-1]}").text
    assert "has this number" not in sign_in("aisyah").get(f"{address}{wanted.serial}").text


def test_a_number_of_another_provider_is_not_found(sign_in: SignIn) -> None:
    number = sample_certificate().serial
    with transaction():
        elsewhere = make_organisation("LAIN")
        other = people_service.create_user(
            "Another Registrar",
            "elsewhere@sijil.example",
            password_hash=passwords.make_hash(loading.PASSWORD),
            organisation=elsewhere,
        )
        people_service.grant_role(other, Role.REGISTRAR, elsewhere, by=None)
    visitor = sign_in("elsewhere")
    assert "has this number" in visitor.get(f"/certificates/?lang=en&number={number}").text
    assert number not in visitor.get("/certificates/?lang=en").text
