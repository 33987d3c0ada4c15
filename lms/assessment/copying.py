"""Assessments that follow their course version when a new one is begun."""

from lms.assessment import queries
from lms.assessment.models import Assessment, RubricCriterion, RubricLevel
from lms.audit import service as audit
from lms.catalogue.models import CourseVersion
from lms.db import db


def copy_assessments(source: CourseVersion, draft: CourseVersion, *, by: int | None) -> None:
    """Give a draft the assessments and rubrics of another version."""
    for one in queries.assessments_of(source.id):
        copied = Assessment(
            course_version_id=draft.id,
            code=one.code,
            titles=one.titles,
            instructions=one.instructions,
            pass_mark=one.pass_mark,
            required=one.required,
            criteria=[_criterion(each) for each in one.criteria],
        )
        db.session.add(copied)
        db.session.flush()
        audit.record(by, "assessment.created", copied, code=copied.code)


def _criterion(one: RubricCriterion) -> RubricCriterion:
    return RubricCriterion(
        position=one.position,
        titles=one.titles,
        weight=one.weight,
        mandatory=one.mandatory,
        item_id=one.item_id,
        level=one.level,
        evidence=one.evidence,
        levels=[
            RubricLevel(
                rank=each.rank,
                score=each.score,
                level=each.level,
                labels=each.labels,
                descriptors=each.descriptors,
            )
            for each in one.levels
        ],
    )


def drop_criteria(draft: CourseVersion, item_id: int) -> None:
    """Take the criteria of a statement out of a draft; the deed on the mapping is recorded."""
    for assessment in queries.assessments_of(draft.id):
        for criterion in [one for one in assessment.criteria if one.item_id == item_id]:
            assessment.criteria.remove(criterion)
    db.session.flush()
