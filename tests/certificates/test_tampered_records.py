"""Records changed behind the application's back are not shown as certified, nor as sound."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates import inspection, queries, trace, verification
from lms.certificates.models import Certificate
from lms.certificates.rules import Outcome
from lms.config import Misconfigured, load
from lms.db import db
from lms.kernel import clock
from lms.people.models import User

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
    place = certificate.enrolment
    assert queries.of_person_in(place.offering_id, place.user_id) is certificate
    assert certificate.valid_from < date(9999, 1, 1)


@pytest.mark.parametrize("address", ["localhost:8000", "https://", "ftp://sijil.example"])
def test_an_address_that_is_none_is_refused(institute: Flask, address: str) -> None:
    folder = institute.config["LMS"].instance
    with pytest.raises(Misconfigured):
        load({"instance": folder, "base_url": address})
    kept = load({"instance": folder, "base_url": "https://sijil.example/"})
    assert kept.base_url == "https://sijil.example"
