"""An intake of the sample's diploma, with a committee, interviews and four applications."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lms.admissions import intakes, judging, queries, service
from lms.admissions.models import Application, DocumentKind, Intake
from lms.db import db
from lms.people.models import User
from lms.programmes.models import Programme
from lms.storage import blobs
from lms.storage.receiving import Received

PROGRAMME = "PGD-KS"
DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Kuala_Lumpur")
HALF_AN_HOUR = timedelta(minutes=30)
ROOM = "Bilik Mesyuarat 2"
PRAISE = "Pengalaman kes yang kukuh dan tujuan yang jelas."


@dataclass(frozen=True)
class Applicant:
    """What one person wrote."""

    email: str
    facts: service.Qualification
    statement: str
    plea: str = ""


SENT = Applicant(
    "hazwani@sijil.example",
    service.Qualification("Diploma Kerja Sosial", "Politeknik Warisan", 4, 3),
    "Saya mahu menyelia pasukan perlindungan kanak-kanak di daerah saya.",
    "Tiga tahun saya mengurus kes penjagaan, dua daripadanya sebagai ketua pasukan.",
)
INVITED = Applicant(
    "chen.meiling@sijil.example",
    service.Qualification("Bachelor of Social Work", "Universiti Nusantara", 6, 4),
    "I teach family work and want to ground it in research on kinship care.",
)
OFFERED = Applicant(
    "faridah.saidin@sijil.example",
    service.Qualification("Ijazah Sarjana Muda Kerja Sosial", "Universiti Selatan", 6, 6),
    "Saya menyelaras bantuan bencana dan mahu belajar menilai kesannya.",
)
ADMITTED = Applicant(
    "jelani.ngumbang@sijil.example",
    service.Qualification("Master of Social Science", "Universiti Nusantara", 7, 9),
    "Longhouse communities need supervisors who speak their languages; I want to be one.",
)


def open_intake(people: dict[str, User], now: datetime) -> None:
    """Call for applications, and let four people come as far as the page of each state."""
    programme = db.session.scalars(select(Programme).where(Programme.code == PROGRAMME)).one()
    begins, by = (now + 120 * DAY).date(), people["manager"].id
    midnight = datetime.combine(now.astimezone(ZONE).date(), time(0), ZONE).astimezone(UTC)
    facts = intakes.IntakeFacts(
        name=f"{begins:%m/%Y}",
        begins_on=begins,
        opens_at=midnight - 30 * DAY,
        closes_at=midnight + 45 * DAY - timedelta(seconds=1),
        places=12,
        routes={"6": 2, "4": 5},
        letters=1,
    )
    intake = intakes.call(programme, facts, by=by)
    for key in ("trainer1", "trainer2", "manager2"):
        intakes.name_member(intake, people[key], by=by)
    for days, hour in ((-6, 9), (-5, 9), (7, 9), (7, 10), (8, 14)):
        starts = midnight + days * DAY + timedelta(hours=hour)
        intakes.add_slot(intake, starts, starts + HALF_AN_HOUR, ROOM, by=by)
    voices = [people["trainer1"].id, people["trainer2"].id]
    _apply(intake, people, SENT, now - 2 * DAY)
    invited = _apply(intake, people, INVITED, now - 9 * DAY)
    judging.invite(invited, by=by)
    _recommend(invited, voices[1:], now - DAY)
    heard = [_heard(intake, people, each, now) for each in (OFFERED, ADMITTED)]
    for application in heard:
        _recommend(application, voices, now - 3 * DAY)
        judging.offer(application, by=by, now=now - 2 * DAY)
    service.answer(heard[-1], takes=True, now=now - DAY)


def _heard(
    intake: Intake, people: dict[str, User], applicant: Applicant, now: datetime
) -> Application:
    """Somebody who chose one of the times that have passed by now."""
    application, then = _apply(intake, people, applicant, now - 12 * DAY), now - 10 * DAY
    judging.invite(application, by=people["manager"].id)
    service.choose(application, queries.free_slots(application, then)[0], now=then)
    return application


def _apply(
    intake: Intake, people: dict[str, User], applicant: Applicant, then: datetime
) -> Application:
    application = service.begin(intake, people[applicant.email], now=then)
    service.describe(application, applicant.facts)
    service.state(application, applicant.statement, applicant.plea)
    for kind in (DocumentKind.TRANSCRIPT, DocumentKind.REFERENCE):
        data = f"{kind.value}: {applicant.facts.qualification}, {applicant.email}\n".encode()
        file = Received(blobs().put(data), f"{kind.value}.txt", "text/plain", len(data))
        service.add_document(application, kind, file)
    service.send(application, now=then)
    return application


def _recommend(application: Application, members: list[int], then: datetime) -> None:
    for member in members:
        judging.recommend(application, member, admit=True, reason=PRAISE, now=then)
