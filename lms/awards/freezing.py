"""What an award or a transcript will say: gathered from programme, person and courses at issue."""

from decimal import Decimal
from typing import Any

from lms.awards.queries import Record
from lms.certificates.freezing import printable
from lms.certificates.models import Certificate
from lms.printing.content import CertificateContent, CourseContent
from lms.programmes.models import Programme

_RESULTS = {"competence": "competent", "completion": "completed", "attendance": "attended"}


def freeze(
    programme: Programme, record: Record, frame: dict[str, Any], replaces: str
) -> CertificateContent:
    """What is issued for a programme says from now on, whatever changes later.

    ``frame`` is what every certificate says; ``replaces`` the number of the transcript before.
    """
    transcript = frame["kind"] == "transcript"
    courses, interim = listing(programme, record) if transcript else ((), False)
    taken = [one.place.offering for one in record.completed.values()]
    said = CertificateContent(
        **frame,
        award_title=programme.titles,
        course_code=programme.code,
        minutes=sum(one.minutes for one in courses),
        starts_on=min(one.starts_on for one in taken),
        ends_on=max(one.ends_on for one in taken),
        venue="",
        cpd=Decimal(0),
        framework="",
        claims=(),
        valid_until=None,
        leads_to=programme.award,
        level=programme.level,
        credits=programme.credits,
        earned=_earned(courses) if courses else record.progress.credits,
        courses=courses,
        interim=interim,
        replaces=replaces,
    )
    return printable(said)


def listing(programme: Programme, record: Record) -> tuple[tuple[CourseContent, ...], bool]:
    """The completed courses in the order of the programme, and whether more are to come.

    Each is as it was when it was taken.
    """
    order = [one.course_id for group in programme.groups for one in group.courses]
    done = record.completed
    return tuple(_course(done[one]) for one in order if one in done), not record.progress.complete


def _course(certificate: Certificate) -> CourseContent:
    offering = certificate.place.offering
    version = offering.course_version
    return CourseContent(
        code=version.course.code,
        title=version.titles,
        credits=version.credit,
        minutes=version.minutes,
        completed_on=offering.ends_on,
        result=_RESULTS[certificate.kind],
    )


def _earned(courses: tuple[CourseContent, ...]) -> Decimal:
    return sum((one.credits for one in courses), Decimal(0))
