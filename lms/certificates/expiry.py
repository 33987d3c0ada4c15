"""Certificates about to end, or just ended: whom the clock makes us tell, once each."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from lms.catalogue.models import Course, CourseVersion, Offering
from lms.certificates.models import Certificate
from lms.certificates.states import State
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.jobs import port
from lms.mail import service as mail

EARLY, SOON, OVER = 90, 30, 0
"""Days before the last valid day; nought is the day after it."""
_LATE = timedelta(days=7)
"""Whoever was away so long tells nobody any more that a certificate has ended."""


def due(today: date) -> Iterator[tuple[int, int]]:
    """Certificates, by id, with the step of the reminding that they have come to.

    A person who holds a later certificate of the same course is not reminded of the earlier.
    """
    newer, newer_place, newer_run, newer_version = (
        aliased(Certificate),
        aliased(Enrolment),
        aliased(Offering),
        aliased(CourseVersion),
    )
    has_newer = (
        select(newer.id)
        .join(newer_place, newer_place.id == newer.enrolment_id)
        .join(newer_run, newer_run.id == newer_place.offering_id)
        .join(newer_version, newer_version.id == newer_run.course_version_id)
        .where(
            newer.user_id == Certificate.user_id,
            newer.state == State.ISSUED.value,
            newer_version.course_id == CourseVersion.course_id,
            newer.issued_at > Certificate.issued_at,
        )
        .exists()
    )
    query = (
        select(Certificate.id, Certificate.valid_until)
        .join(Certificate.enrolment)
        .join(Enrolment.offering)
        .join(Offering.course_version)
        .where(
            Certificate.state == State.ISSUED.value,
            Certificate.valid_until >= today - _LATE,
            Certificate.valid_until <= today + timedelta(days=EARLY),
            ~has_newer,
        )
        .order_by(Certificate.id)
    )
    for certificate_id, until in db.session.execute(query).all():
        if until is not None:
            yield certificate_id, step_of(until, today)


def step_of(until: date, today: date) -> int:
    """Which reminding a last valid day has come to."""
    if until < today:
        return OVER
    return SOON if until <= today + timedelta(days=SOON) else EARLY


def remind(certificate_id: int, step: int) -> bool:
    """Write the mail of a step in the caller's transaction; a second time, nothing."""
    if not port.first_time(f"certificates.expiring:{certificate_id}:{step}"):
        return False
    query = (
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .options(
            joinedload(Certificate.user),
            joinedload(Certificate.enrolment)
            .joinedload(Enrolment.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.provider),
        )
    )
    certificate = db.session.scalars(query).one()
    holder = certificate.user
    mail.send(
        holder.email,
        "certificates/expiring",
        holder.locale,
        subject=mail.Subject(certificate.public_id, f"expiring-{step}"),
        name=holder.name,
        certificate=certificate,
        titles=certificate.content["award_title"],
        version=certificate.place.offering.course_version,
        over=step == OVER,
    )
    return True
