"""People who are due a certificate, made through the services people use."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lms.assessment import service as assessment_service
from lms.assessment.models import Assessment
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.certificates import keyring, recording, service, states
from lms.certificates.basis import Office
from lms.certificates.models import Certificate
from lms.db import db
from lms.enrolment import roll
from lms.enrolment.models import Enrolment, Presence
from lms.enrolment.rules import Mark
from lms.kernel import clock
from lms.people import queries as people_queries
from lms.people.models import User
from lms.web import running
from tests.make import (
    NOW,
    choices,
    make_competence_course,
    make_course,
    make_offering,
    make_place,
    make_user,
    upload,
)

ZONE = ZoneInfo("Asia/Kuala_Lumpur")


def attend(place: Enrolment, *, missed: int = 0) -> None:
    """Present in every session but the first ``missed``."""
    sessions = catalogue_queries.sessions_of(place.offering)
    trainer = make_user("Trainer").id
    for number, session in enumerate(sessions):
        presence = Presence.ABSENT if number < missed else Presence.PRESENT
        roll.take_roll(session, {place.public_id: Mark(presence)}, by=trainer, now=NOW)


def pass_assessment(place: Enrolment, assessment: Assessment, rank: int = 2) -> None:
    """Work handed in, every criterion at one rank, and released."""
    work = assessment_service.submit(
        assessment, place, upload(f"{place.public_id} {rank}"), by=place.user_id, now=NOW
    )
    by = make_user("Assessor").id
    assessment_service.grade(work, choices(work, rank), feedback="", by=by, now=NOW)
    assessment_service.release(work, by=by, now=NOW)


def competence(*, capacity: int = 3) -> tuple[Offering, Assessment]:
    """An offering of a course of competence."""
    version, assessment = make_competence_course()
    return make_offering(version, capacity=capacity), assessment


def due_place(offering: Offering, assessment: Assessment, user: User | None = None) -> Enrolment:
    """A place that is due a certificate of competence."""
    place = make_place(offering, user)
    attend(place)
    pass_assessment(place, assessment)
    return place


def attended_place() -> Enrolment:
    """A place that is due a certificate of attendance."""
    place = make_place(make_offering(make_course()))
    attend(place)
    return place


def issue(place: Enrolment, *, now: datetime = NOW, by: int | None = None) -> Certificate:
    """Issue with the settings and keys of the application under test."""
    ours = running.settings()
    registrar = by if by is not None else make_user("Registrar").id
    return service.issue(place, Office(ours, keyring.ring(ours), registrar, now))


def sample_certificate(key: str = "aisyah") -> Certificate:
    """The certificate of a sample trainee."""
    user = people_queries.user_by_email(f"{key}@sijil.example")
    assert user is not None
    return db.session.scalars(select(Certificate).where(Certificate.user_id == user.id)).one()


def bring(certificate: Certificate, state: str) -> None:
    """Bring an issued certificate into another state, as the program does it."""
    if certificate.state == state:
        return
    deed = next(deed for deed, (_, end) in states.TABLE.items() if end == state)
    recording.move(certificate, deed, by=None, reason="A test", now=clock.now())


def first_moment(day: date) -> datetime:
    """When a day begins at the institute."""
    return datetime.combine(day, time(0), ZONE)


def last_moment(day: date) -> datetime:
    """The last second of a day at the institute."""
    return first_moment(day) + timedelta(hours=23, minutes=59, seconds=59)
