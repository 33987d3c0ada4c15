"""What the certificate of a place asks for, thing by thing, and what of it is there."""

from dataclasses import dataclass, field
from datetime import date

from lms.assessment import queries as assessment_queries
from lms.certificates import queries
from lms.enrolment.models import Enrolment


@dataclass(frozen=True)
class Need:
    """One thing: ``kind`` is attendance, assessment, competency or survey.

    ``titles`` name an assessment or a statement by language; ``number`` is a percentage or a level.
    """

    kind: str
    met: bool
    titles: dict[str, str] = field(default_factory=dict)
    number: int = 0


def of_place(enrolment: Enrolment, today: date) -> list[Need]:
    """Everything that is asked for, in the order in which a person comes to it."""
    version = enrolment.offering.course_version
    standing = queries.standing_of(enrolment, today)
    found = []
    if version.attendance_percent:
        met = standing.attendance_enough
        found.append(Need("attendance", met, number=version.attendance_percent))
    found += [
        Need("assessment", one.id in standing.passed_assessments, one.titles)
        for one in assessment_queries.assessments_of(version.id)
        if one.required
    ]
    if standing.kind == "competence":
        found += [
            Need("competency", each.item_id in standing.attained_items, each.item.statements,
                 each.level)
            for each in version.mappings
            if each.role == "assessed"
        ]  # fmt: skip
    if standing.survey_returned is not None:
        found.append(Need("survey", standing.survey_returned))
    return found
