"""Holders are told in time that a certificate ends, once a step, and not of what is renewed."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms.certificates import expiry, jobs
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.mail.models import MailMessage
from tests.certificates.awards import attend, bring, first_moment, issue
from tests.make import make_course, make_offering, make_place

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def certificate(app: Flask) -> Certificate:
    """Valid for three months."""
    del app
    with transaction():
        place = make_place(make_offering(make_course(validity_months=3)))
        attend(place)
        return issue(place)


@pytest.fixture
def until(certificate: Certificate) -> date:
    assert certificate.valid_until is not None
    return certificate.valid_until


def told(certificate: Certificate) -> list[str]:
    query = select(MailMessage.cause).where(
        MailMessage.about == certificate.public_id, MailMessage.kind == "certificates/expiring"
    )
    return sorted(db.session.scalars(query))


def at(day: date) -> None:
    with time_machine.travel(first_moment(day) + timedelta(hours=8), tick=False):
        jobs.remind_of_expiry()
        jobs.remind_of_expiry()


@pytest.mark.parametrize(
    ("days", "step"), [(90, 90), (31, 90), (30, 30), (1, 30), (0, 30), (-1, 0), (-7, 0)]
)
def test_steps(days: int, step: int) -> None:
    today = date(2027, 3, 1)
    assert expiry.step_of(today + timedelta(days=days), today) == step


def test_each_step_is_told_once(certificate: Certificate, until: date) -> None:
    at(until - timedelta(days=91))
    assert told(certificate) == []
    at(until - timedelta(days=80))
    at(until - timedelta(days=79))
    assert told(certificate) == ["expiring-90"]
    at(until - timedelta(days=3))
    at(until)
    assert told(certificate) == ["expiring-30", "expiring-90"]
    at(until + timedelta(days=1))
    at(until + timedelta(days=9))
    assert told(certificate) == ["expiring-0", "expiring-30", "expiring-90"]
    mail = db.session.scalars(select(MailMessage).where(MailMessage.cause == "expiring-0")).one()
    assert certificate.serial in mail.text
    assert f"/courses/{certificate.place.offering.course_version.public_id}" in mail.text


def test_what_was_withdrawn_or_renewed_is_not_spoken_of(
    certificate: Certificate, until: date
) -> None:
    with transaction():
        again = make_place(
            make_offering(certificate.place.offering.course_version), certificate.user
        )
        attend(again)
        newer = issue(again, now=certificate.issued_at + timedelta(days=40))
    at(until - timedelta(days=10))
    assert told(certificate) == []
    with transaction():
        bring(newer, "revoked")
    at(until - timedelta(days=9))
    assert told(certificate) == ["expiring-30"]
    with transaction():
        bring(certificate, "suspended")
    at(until + timedelta(days=1))
    assert told(certificate) == ["expiring-30"]
    assert told(newer) == ["expiring-90"]  # while it counted
