"""Records changed behind the application's back are not shown as certified, nor as sound."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.certificates import keyring, queries, service, soundness, trace
from lms.certificates.models import Certificate
from lms.certificates.rules import Outcome
from lms.checking import inspection, verification
from lms.config import Misconfigured, load
from lms.db import db
from lms.kernel import clock
from lms.people.models import User
from lms.printing.content import CertificateContent
from lms.web import running
from tests.certificates.awards import bring

pytestmark = pytest.mark.usefixtures("app")


def _certificate() -> Certificate:
    return db.session.scalars(select(Certificate).order_by(Certificate.id)).all()[0]


def test_an_untouched_record_is_valid() -> None:
    check = verification.by_code(_certificate().code, now=clock.now())
    assert check.outcome == Outcome.VALID


@pytest.mark.parametrize(
    ("name", "value"),
    [("holder_name", "Mallory"), ("valid_until", "2099-01-01"), ("course_code", "OTHER1")],
)
def test_changed_content_is_not_shown(name: str, value: str) -> None:
    certificate = _certificate()
    certificate.content = {**certificate.content, name: value}
    db.session.flush()
    check = verification.by_code(certificate.code, now=clock.now())
    assert check.outcome == Outcome.CANNOT_CHECK
    assert check.facts is None


@pytest.mark.parametrize("told", ["suspended", "issued"])
def test_a_state_that_the_log_does_not_know_is_not_believed(told: str) -> None:
    """Somebody with the database brings a revoked certificate back, or stops a good one."""
    certificate = _certificate()
    if told == "issued":
        bring(certificate, "revoked")
    certificate.state = told
    db.session.flush()
    check = verification.by_code(certificate.code, now=clock.now())
    assert (check.outcome, check.reason) == (Outcome.CANNOT_CHECK, "check-record-differs")


def test_a_certificate_that_was_never_logged_is_not_believed() -> None:
    certificate = _certificate()
    certificate.credential_digest = "a" * 64
    db.session.flush()
    check = verification.by_code(certificate.code, now=clock.now())
    assert (check.outcome, check.reason) == (Outcome.CANNOT_CHECK, "check-not-logged")
    with pytest.raises(service.NotLogged):
        service.make_pdf(certificate, keyring.ring(running.settings()))


def _audited(app: Flask) -> tuple[int, set[str]]:
    done = app.test_cli_runner().invoke(args=["log", "audit", "--json"])
    found = json.loads(done.output)
    return done.exit_code, {finding["code"] for finding in found["findings"]}


def test_the_audit_of_the_log_finds_rows_that_were_touched(app: Flask) -> None:
    assert _audited(app) == (0, set())
    said = app.test_cli_runner().invoke(args=["log", "audit"]).output
    assert said == "Sound: 14 entries, 13 certificates.\n"
    first, second, third, fourth = db.session.scalars(
        select(Certificate.id).order_by(Certificate.id).limit(4)
    )
    state = update(Certificate).where(Certificate.id == first).values(state="revoked")
    db.session.execute(state)
    assert _audited(app) == (1, {"row-state"})
    early = clock.now() - timedelta(days=900)
    moment = update(Certificate).where(Certificate.id == second).values(issued_at=early)
    db.session.execute(moment)
    assert _audited(app) == (1, {"row-state", "row-dated"})
    serial = update(Certificate).where(Certificate.id == third).values(serial="ILKS-2020-00001")
    db.session.execute(serial)
    assert _audited(app) == (1, {"row-state", "row-dated", "row-changed"})
    digest = update(Certificate).where(Certificate.id == fourth)
    db.session.execute(digest.values(credential_digest="a" * 64))
    assert _audited(app)[1] == {"row-state", "row-dated", "row-changed", "row-unlogged", "row-gone"}


def test_evidence_of_another_person_is_a_fault() -> None:
    certificate = _certificate()
    other = db.session.scalars(select(User).where(User.email_key == "budi@sijil.example")).one()
    (first, *_) = trace.trace(certificate)
    assert first.faults == ()
    assert first.judgement is not None
    first.judgement.user_id = other.id
    db.session.flush()
    assert "trace-other-person" in trace.trace(certificate)[0].faults


def test_a_raised_level_is_a_fault() -> None:
    certificate = _certificate()
    trace.trace(certificate)[0].attainment.level += 1
    db.session.flush()
    assert "trace-rule-disagrees" in trace.trace(certificate)[0].faults


@pytest.mark.parametrize("serial", ["ILKS\ud800", "ILKS\x00", "x" * 65, "", None, 7])
def test_a_hostile_serial_in_a_file_is_no_serial(serial: Any) -> None:
    assert inspection._serial({"credentialSubject": {"licenseNumber": serial}}) is None


def test_one_certificate_a_person_and_offering() -> None:
    certificate = _certificate()
    place = certificate.place
    assert queries.of_person_in(place.offering_id, place.user_id) is certificate
    assert certificate.valid_from < date(9999, 1, 1)


@pytest.mark.parametrize("address", ["localhost:8000", "https://", "ftp://sijil.example"])
def test_an_address_that_is_none_is_refused(institute: Flask, address: str) -> None:
    folder = institute.config["LMS"].instance
    with pytest.raises(Misconfigured):
        load({"instance": folder, "base_url": address})
    kept = load({"instance": folder, "base_url": "https://sijil.example/"})
    assert kept.base_url == "https://sijil.example"


def test_content_and_credential_changed_alike_are_not_believed() -> None:
    """Without the key nobody makes a credential with the digest that was logged."""
    certificate = _certificate()
    facts = {**certificate.content, "course_code": "OTHER1"}
    changed = json.loads(
        json.dumps(certificate.credential).replace(certificate.content["course_code"], "OTHER1")
    )
    certificate.content, certificate.credential = facts, changed
    db.session.flush()
    assert soundness.is_bound(CertificateContent.from_json(facts), changed)
    check = verification.by_code(certificate.code, now=clock.now())
    assert (check.outcome, check.reason) == (Outcome.CANNOT_CHECK, "check-record-differs")
