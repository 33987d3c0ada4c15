"""A course of the sample that is over: attended, graded, released, certified."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lms.assessment import queries as assessment_queries
from lms.assessment import service as assessment_service
from lms.batches import service as batches
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.models import Offering
from lms.certificates import service as certificate_service
from lms.certificates.basis import Office
from lms.certificates.keyring import ring
from lms.enrolment import queries as enrolment_queries
from lms.enrolment import roll
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment, Presence
from lms.enrolment.rules import Mark
from lms.people.models import User
from lms.storage import blobs
from lms.storage.receiving import Received
from lms.surveys import rules as survey_rules
from lms.surveys import service as surveys
from lms.web.running import settings

CODE = "PKK204-1"
# Rubric rank reached by each trainee: most are competent, one is not yet.
RANKS = {0: 2, 1: 3, 2: 2, 10: 3, 24: 2, 35: 2, 11: 2, 7: 1}
# What all but the first said in the survey: a rating for each question in order, and remarks.
SURVEY = (
    ((5, 4, 5, 4, 4, 5), "Main peranan bersama kaunselor.", ""),
    ((4, 4, 5, 3, 3, 4), "", "Lebih banyak masa untuk kajian kes."),
    ((5, 5, 5, 5, 4, 5), "Senarai semak penilaian risiko.", ""),
    ((4, 3, 4, 4, 2, 4), "", "Bilik terlalu sejuk pada sebelah petang."),
    ((5, 4, 4, 4, 4, 5), "Contoh catatan kes yang baik dan yang lemah.", ""),
    ((3, 3, 4, 3, 3, 3), "", "Bahan dalam bahasa Melayu sebelum kursus bermula."),
    ((4, 4, 5, 4, 4, 4), "", ""),
)
WORK = (
    "Kajian kes: penilaian risiko seorang kanak-kanak (semua nama direka).\n\n"
    "Rujukan diterima daripada seorang guru. Saya membuka kes dalam tempoh 24 jam, mencatat kata-"
    "kata guru sebelum membuat tafsiran, dan menilai keselamatan segera bersama kaunselor."
    "\n\nKekuatan keluarga: nenek tinggal berdekatan, lawatan klinik teratur, sekolah prihatin."
    "\n\nPelan: setiap orang mempunyai satu tugas dan satu tarikh. Semakan dalam tujuh hari.\n"
)


def run(stated: dict[str, Any], people: dict[str, User], now: datetime) -> None:
    """Take the offering from enrolment to certificates, each step at its own past moment."""
    offering = catalogue_queries.offering_by_code(CODE)
    if offering is None:
        return
    trainees = [people[stated["trainees"][number]["email"]] for number in RANKS]
    places = [
        enrolment_service.enrol(offering, user, by=user.id, now=now - timedelta(days=50))
        for user in trainees
    ]
    attend(offering, places, by=people["trainer1"].id, days_ago=35, now=now)
    for place, rank in zip(places, RANKS.values(), strict=True):
        hand_in(place, now - timedelta(days=33))
        grade(place, rank, by=people["trainer1"].id, now=now - timedelta(days=31))
    for place, said in zip(places[1:], SURVEY, strict=True):
        say(place, *said, now=now - timedelta(days=30))
    catalogue_service.close_offering(offering, by=people["manager"].id)
    certify(offering, places, by=people["registrar"].id, now=now - timedelta(days=28))


def say(place: Enrolment, rated: Sequence[int], helped: str, better: str, *, now: datetime) -> None:
    """Return the survey of the course."""
    ratings = dict(zip(survey_rules.RATINGS, rated, strict=True))
    remarks = {"helped": helped, "better": better}
    surveys.give(place, ratings, remarks, by=place.user_id, now=now)


def attend(
    offering: Offering, places: list[Enrolment], *, by: int, days_ago: int, now: datetime
) -> None:
    """Everybody present in every session."""
    marks = {place.public_id: Mark(Presence.PRESENT) for place in places}
    for session in catalogue_queries.sessions_of(offering):
        roll.take_roll(session, marks, by=by, now=now - timedelta(days=days_ago))


def hand_in(place: Enrolment, now: datetime, text: str = WORK) -> None:
    """A case study as a text file, different for each person."""
    data = f"{text}\n{hashlib.sha256(place.public_id.encode()).hexdigest()[:12]}\n".encode()
    upload = Received(blobs().put(data), "kajian-kes.txt", "text/plain", len(data))
    for assessment in assessment_queries.assessments_of(place.offering.course_version_id):
        assessment_service.submit(assessment, place, upload, by=place.user_id, now=now)


def grade(place: Enrolment, rank: int, *, by: int, now: datetime) -> None:
    """Every criterion at the same rank, then released."""
    for submission in assessment_queries.submissions_of(place):
        choices = {
            criterion.id: (criterion.levels[rank].id, "")
            for criterion in assessment_queries.criteria_of(submission.assessment)
        }
        feedback = "Teliti dan berperikemanusiaan. Namakan alat penilaian yang digunakan."
        assessment_service.grade(submission, choices, feedback=feedback, by=by, now=now)
        assessment_service.release(submission, by=by, now=now)


def certify(offering: Offering, places: list[Enrolment], *, by: int, now: datetime) -> None:
    """All together; whoever is not competent yet gets none."""
    batch = batches.begin(offering, [place.id for place in places], {}, by=by)
    batch.created_at = now
    ours = settings()
    while batches.go_on(batch.id, settings=ours, ring=ring(ours), now=now):
        pass


def issue(place: Enrolment, *, by: int, now: datetime) -> None:
    """The certificate; its PDF is made by the worker."""
    enrolment = enrolment_queries.by_public_id(place.public_id)
    ours = settings()
    certificate_service.issue(enrolment, Office(ours, ring(ours), by, now))
