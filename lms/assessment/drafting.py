"""Verbs over the assessments of a draft course: add one, its rubric, and what it counts for."""

from dataclasses import dataclass
from decimal import Decimal

from lms.assessment import queries, rules
from lms.assessment.models import Assessment, EvidenceType, RubricCriterion, RubricLevel
from lms.audit import service as audit
from lms.catalogue.models import CourseVersion
from lms.catalogue.service import hold_draft
from lms.db import db, unique_or
from lms.kernel.errors import Invalid
from lms.standards.models import Item


@dataclass(frozen=True)
class AssessmentFacts:
    """An assessment without its rubric; ``required``: the certificate asks for a pass in it."""

    code: str
    titles: dict[str, str]
    instructions: dict[str, str]
    pass_mark: Decimal
    required: bool = True


@dataclass(frozen=True)
class LevelFacts:
    """A quality level of a criterion; ``level`` is the competency level it shows."""

    score: Decimal
    level: int
    labels: dict[str, str]
    descriptors: dict[str, str]


@dataclass(frozen=True)
class CriterionFacts:
    """One line of a rubric."""

    titles: dict[str, str]
    weight: Decimal
    item: Item
    level: int
    levels: tuple[LevelFacts, ...]
    mandatory: bool = True
    evidence: EvidenceType = EvidenceType.DIRECT


def create_assessment(
    version: CourseVersion, facts: AssessmentFacts, *, by: int | None
) -> Assessment:
    """Add an assessment to a draft version; raises Conflict."""
    hold_draft(version, by=by)
    assessment = Assessment(course_version_id=version.id, criteria=[], **vars(facts))
    with unique_or("assessment-code-taken"):
        db.session.add(assessment)
    audit.record(by, "assessment.created", assessment, code=facts.code)
    return assessment


def require(assessment: Assessment, *, required: bool, by: int | None) -> None:
    """Say whether the certificate asks for a pass in it; raises Conflict unless it is a draft's."""
    hold_draft(assessment.course_version, by=by)
    if assessment.required == required:
        return
    assessment.required = required
    db.session.flush()
    changes = {"required": [not required, required]}
    audit.record(by, "assessment.required.changed", assessment, changes=changes)


def add_criterion(
    assessment: Assessment, facts: CriterionFacts, *, by: int | None
) -> RubricCriterion:
    """Add a rubric line mapped to a statement; raises Invalid when it cannot be marked fairly."""
    hold_draft(assessment.course_version, by=by)
    db.session.expire(assessment, ["criteria"])
    fault = rules.rubric_fault(
        [(level.score, level.level) for level in facts.levels], facts.weight, facts.level
    )
    if fault is not None:
        raise Invalid(fault)
    criterion = RubricCriterion(
        position=max((one.position for one in assessment.criteria), default=-1) + 1,
        titles=facts.titles,
        weight=facts.weight,
        mandatory=facts.mandatory,
        item_id=facts.item.id,
        level=facts.level,
        evidence=facts.evidence.value,
        levels=[RubricLevel(rank=rank, **vars(one)) for rank, one in enumerate(facts.levels)],
    )
    assessment.criteria.append(criterion)
    db.session.flush()
    audit.record(by, "assessment.criterion.added", criterion, item=facts.item.code)
    return criterion


def check_before_publishing(version: CourseVersion) -> None:
    """Raise Invalid unless every statement the course assesses has a criterion at its level."""
    assessed = [(m.item_id, m.level) for m in version.mappings if m.role == "assessed"]
    criteria = [
        (criterion.item_id, criterion.level)
        for assessment in queries.assessments_of(version.id)
        for criterion in assessment.criteria
    ]
    if rules.unassessed(assessed, criteria):
        raise Invalid("course-item-not-assessed")
