"""Intakes and applications for tests, made through the services people use."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from lms.admissions import intakes, service
from lms.admissions.intakes import IntakeFacts
from lms.admissions.models import Application, DocumentKind, Intake
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.people import service as people
from lms.people.models import User
from lms.programmes import service as programmes
from lms.programmes.models import Asked, Programme, ProgrammeState
from lms.storage import blobs
from lms.storage.receiving import Received
from tests.make import fresh, make_course, make_organisation, make_user

DAY = timedelta(days=1)


def make_programme() -> Programme:
    """A published programme of a provider of its own."""
    provider = make_organisation()
    facts = programmes.ProgrammeFacts("diploma", {"en": "Diploma"}, {}, {}, Decimal(3), 24)
    programme = programmes.create(provider, fresh("P"), facts, by=None)
    group = programmes.add_group(programme, {"en": "Core"}, Asked.ALL, None, by=None)
    programmes.add_course(programme, group, make_course(provider).course, 1, by=None)
    programmes.move(programme, ProgrammeState.PUBLISHED, by=None)
    return programme


def facts(**other: object) -> IntakeFacts:
    """An intake that is open now; nothing is asked for, and nobody is interviewed."""
    now = clock.now()
    plain = IntakeFacts(
        name=fresh("Intake "),
        begins_on=(now + 90 * DAY).date(),
        opens_at=now - DAY,
        closes_at=now + 30 * DAY,
        places=1,
        routes={},
        transcripts=0,
        letters=0,
        interview=False,
        quorum=1,
    )
    return replace(plain, **other)  # type: ignore[arg-type]  # by name


def make_intake(programme: Programme | None = None, *, members: int = 1, **other: object) -> Intake:
    """An intake with a committee of trainers."""
    intake = intakes.call(programme or make_programme(), facts(**other), by=None)
    for _ in range(members):
        intakes.name_member(intake, make_trainer(intake), by=None)
    return intake


def make_trainer(intake: Intake) -> User:
    """A trainer of the provider."""
    provider = intake.programme.provider
    trainer = make_user("Trainer", organisation=provider, email=f"{fresh('t')}@test.example")
    people.grant_role(trainer, Role.TRAINER, provider, by=None)
    return trainer


def make_application(intake: Intake, user: User | None = None, *, sent: bool = True) -> Application:
    """An application with everything that these intakes ask for."""
    person = user or make_user("Applicant", email=f"{fresh('a')}@test.example")
    found = service.begin(intake, person, now=clock.now())
    service.describe(found, service.Qualification("BSW", "UKM", 6, 3))
    service.state(found, "To learn more", "")
    if sent:
        service.send(found, now=clock.now())
    return found


def a_file(text: str) -> Received:
    """A stored text file."""
    data = text.encode()
    return Received(blobs().put(data), "paper.txt", "text/plain", len(data))


def add_paper(application: Application, kind: str, text: str) -> None:
    """A document of an application."""
    service.add_document(application, DocumentKind(kind), a_file(text))
