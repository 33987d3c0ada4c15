"""Verbs of competency: judge what was released."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lms.assessment import queries as assessment_queries
from lms.assessment.models import RubricCriterion, Submission
from lms.audit import service as audit
from lms.competency import rules
from lms.competency.models import Attainment, Judgement, JudgementBasis
from lms.db import db, unique_or


def judge(submission: Submission, *, by: int, now: datetime) -> list[Judgement]:
    """Judge every statement a released submission gives evidence on; competent ones are attained.

    One judgement a submission and statement (raises Conflict when judged already).
    """
    grades = assessment_queries.standing_grades(submission)
    by_item: dict[int, list[RubricCriterion]] = {}
    for criterion in assessment_queries.criteria_of(submission.assessment):
        by_item.setdefault(criterion.item_id, []).append(criterion)
    judgements = []
    for item_id, criteria in by_item.items():
        shown = [
            rules.Shown(grades[c.id].id, grades[c.id].rubric_level.level, c.level, c.mandatory)
            for c in criteria
            if c.id in grades
        ]
        judgement = _record(submission, item_id, rules.attained(shown), by=by, now=now)
        judgements.append(judgement)
    return judgements


def _record(
    submission: Submission, item_id: int, verdict: rules.Verdict, *, by: int, now: datetime
) -> Judgement:
    judgement = Judgement(
        user_id=submission.enrolment.user_id,
        submission_id=submission.id,
        item_id=item_id,
        level=verdict.level,
        outcome="competent" if verdict.ok else "not_yet",
        rule_version=rules.ALL_MANDATORY,
        assessor_id=by,
        judged_at=now,
        basis=[JudgementBasis(grade_event_id=event_id) for event_id in verdict.basis],
    )
    with unique_or("judged-already"):
        db.session.add(judgement)
    audit.record(by, "competency.judged", judgement, sealed=True, outcome=judgement.outcome)
    if verdict.ok:
        _attain(judgement, submission, now)
    return judgement


def _attain(judgement: Judgement, submission: Submission, now: datetime) -> None:
    version = submission.enrolment.offering.course_version
    first = now.astimezone(ZoneInfo(version.course.provider.timezone)).date()
    attainment = Attainment(
        user_id=judgement.user_id,
        item_id=judgement.item_id,
        level=judgement.level,
        valid_from=first,
        valid_to=rules.last_valid_day(first, version.validity_months),
        source="judgement",
        judgement_id=judgement.id,
        rule_version=judgement.rule_version,
    )
    db.session.add(attainment)
    db.session.flush()
    audit.record(judgement.assessor_id, "competency.attained", attainment, sealed=True)
