"""Somebody who has completed the sample's diploma: admitted long ago, course by course, awarded."""

from datetime import datetime

from sqlalchemy import select

from lms.admissions import intakes, judging
from lms.admissions import service as admissions
from lms.awards import service
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.models import Offering
from lms.certificates.basis import Office
from lms.certificates.keyring import ring
from lms.db import db
from lms.enrolment import service as enrolment_service
from lms.people.models import User
from lms.printing.content import OF_PROGRAMMES
from lms.programmes.models import Programme
from lms.programmes.queries import by_public_id
from lms.sample import past_course
from lms.sample.intake import DAY, PRAISE, PROGRAMME
from lms.web.running import settings

GRADUATE = "nik.khairunnisa@sijil.example"
"""Who holds the certificate of the past course, the last of the diploma."""
CERTIFIED = 28 * DAY
COURSES = ("PGD501-0", "PGD502-1", "PGD503-1", "PGD504-1")
FACTS = admissions.Qualification("Ijazah Sarjana Muda Kerja Sosial", "Universiti Utara", 6, 5)
STATEMENT = "Saya mahu memimpin pasukan yang belajar daripada kesnya sendiri."


def run(people: dict[str, User], now: datetime) -> None:
    """Admission, four modules, and with the last course the award and a transcript.

    All is certified when the past course is: the public log stands in the order of time.
    """
    found = db.session.scalars(select(Programme).where(Programme.code == PROGRAMME)).one()
    programme, user = by_public_id(found.public_id), people[GRADUATE]
    _admit(programme, user, people, now - 700 * DAY)
    for code in COURSES:
        offering = catalogue_queries.offering_by_code(code)
        if offering is not None:
            _complete(offering, user, people, now)
    ours = settings()
    office = Office(ours, ring(ours), people["registrar"].id, now - CERTIFIED)
    for kind in OF_PROGRAMMES:
        service.issue(programme, user, kind, office)


def _admit(programme: Programme, user: User, people: dict[str, User], then: datetime) -> None:
    begins = (then + 100 * DAY).date()
    facts = intakes.IntakeFacts(
        name=f"{begins:%m/%Y}",
        begins_on=begins,
        opens_at=then,
        closes_at=then + 60 * DAY,
        places=12,
        routes={"6": 2},
        transcripts=0,
        letters=0,
        interview=False,
        quorum=1,
    )
    by, member = people["manager"].id, people["trainer1"]
    intake = intakes.call(programme, facts, by=by)
    intakes.name_member(intake, member, by=by)
    application = admissions.begin(intake, user, now=then + 5 * DAY)
    admissions.describe(application, FACTS)
    admissions.state(application, STATEMENT, "")
    admissions.send(application, now=then + 6 * DAY)
    judging.recommend(application, member.id, admit=True, reason=PRAISE, now=then + 63 * DAY)
    judging.offer(application, by=by, now=then + 65 * DAY)
    admissions.answer(application, takes=True, now=then + 66 * DAY)


def _complete(offering: Offering, user: User, people: dict[str, User], now: datetime) -> None:
    closes = offering.closes_at
    place = enrolment_service.enrol(offering, user, by=user.id, now=closes - 5 * DAY)
    after = (now.date() - offering.ends_on).days
    trainer, registrar = people["trainer2"].id, people["registrar"].id
    past_course.attend(offering, [place], by=trainer, days_ago=after, now=now)
    catalogue_service.close_offering(offering, by=people["manager"].id)
    past_course.issue(place, by=registrar, now=now - CERTIFIED)
