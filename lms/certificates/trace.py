"""Follows each claim of a certificate back to the graded evidence; recomputed, not remembered."""

from dataclasses import dataclass

from lms.assessment import queries as assessment_queries
from lms.assessment.models import GradeEvent
from lms.certificates import queries
from lms.certificates.models import Certificate
from lms.competency import queries as competency_queries
from lms.competency import rules
from lms.competency.models import Attainment, Judgement


@dataclass(frozen=True)
class TracedClaim:
    """A claim, what it rests on, and message codes of every broken link (none when sound)."""

    attainment: Attainment
    judgement: Judgement | None
    grades: tuple[GradeEvent, ...]
    faults: tuple[str, ...]


def trace(certificate: Certificate) -> list[TracedClaim]:
    """The claims of a certificate back to the digests of the submitted files."""
    claims = queries.claims_of(certificate)
    attainments = {
        a.id: a for a in competency_queries.with_basis([c.attainment_id for c in claims])
    }
    event_ids = [
        link.grade_event_id
        for attainment in attainments.values()
        if attainment.judgement
        for link in attainment.judgement.basis
    ]
    events = {event.id: event for event in assessment_queries.grades_by_ids(event_ids)}
    return [_traced(certificate, attainments[claim.attainment_id], events) for claim in claims]


def _traced(
    certificate: Certificate, attainment: Attainment, events: dict[int, GradeEvent]
) -> TracedClaim:
    judgement = attainment.judgement
    grades = tuple(
        events[link.grade_event_id]
        for link in (judgement.basis if judgement else [])
        if link.grade_event_id in events
    )
    return TracedClaim(
        attainment, judgement, grades, _faults(certificate, attainment, judgement, grades)
    )


def _faults(
    certificate: Certificate,
    attainment: Attainment,
    judgement: Judgement | None,
    grades: tuple[GradeEvent, ...],
) -> tuple[str, ...]:
    checks = [
        (_one_person(certificate, attainment, judgement, grades), "trace-other-person"),
        (judgement is not None and judgement.outcome == "competent", "trace-no-judgement"),
        (bool(grades), "trace-no-evidence"),
        (_one_item(attainment, judgement, grades), "trace-other-item"),
        (all(g.assessor_id != certificate.user_id for g in grades), "trace-own-assessor"),
        (all(g.submission.artefacts for g in grades), "trace-no-file"),
        (_rule_agrees(attainment, judgement, grades), "trace-rule-disagrees"),
    ]
    return tuple(code for passed, code in checks if not passed)


def _one_person(
    certificate: Certificate,
    attainment: Attainment,
    judgement: Judgement | None,
    grades: tuple[GradeEvent, ...],
) -> bool:
    people = {attainment.user_id, *(g.submission.enrolment.user_id for g in grades)}
    if judgement is not None:
        people.add(judgement.user_id)
    return people == {certificate.user_id}


def _one_item(
    attainment: Attainment, judgement: Judgement | None, grades: tuple[GradeEvent, ...]
) -> bool:
    items = {attainment.item_id, *(g.criterion.item_id for g in grades)}
    if judgement is not None:
        items.add(judgement.item_id)
    return len(items) == 1


def _rule_agrees(
    attainment: Attainment, judgement: Judgement | None, grades: tuple[GradeEvent, ...]
) -> bool:
    again = _judged_again(grades)
    recorded = {attainment.level, judgement.level if judgement else 0}
    return again.ok and recorded == {again.level}


def _judged_again(grades: tuple[GradeEvent, ...]) -> rules.Verdict:
    return rules.attained(
        [
            rules.Shown(g.id, g.rubric_level.level, g.criterion.level, g.criterion.mandatory)
            for g in grades
        ]
    )
