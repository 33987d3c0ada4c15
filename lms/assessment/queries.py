"""Reads of assessments, submissions and grades."""

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from lms.assessment import rules
from lms.assessment.models import (
    Artefact,
    Assessment,
    GradeEvent,
    RubricCriterion,
    Submission,
)
from lms.catalogue.models import Course, CourseVersion, Offering, OfferingStaff
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotFound
from lms.people.models import User


def assessments_of(course_version_id: int) -> list[Assessment]:
    """The assessments of a version with their rubrics (three statements)."""
    query = (
        select(Assessment)
        .where(Assessment.course_version_id == course_version_id)
        .options(
            selectinload(Assessment.criteria).options(
                joinedload(RubricCriterion.item), selectinload(RubricCriterion.levels)
            )
        )
    )
    return list(db.session.scalars(query.order_by(Assessment.code, Assessment.id)))


def assessment_of(course_version_id: int, public_id: str) -> Assessment:
    """An assessment of this version and of no other; raises NotFound."""
    query = select(Assessment).where(
        Assessment.public_id == public_id, Assessment.course_version_id == course_version_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def criteria_of(assessment: Assessment) -> list[RubricCriterion]:
    """The rubric's lines in order, with levels and statements."""
    query = (
        select(RubricCriterion)
        .where(RubricCriterion.assessment_id == assessment.id)
        .options(joinedload(RubricCriterion.item), selectinload(RubricCriterion.levels))
    )
    return list(db.session.scalars(query.order_by(RubricCriterion.position)))


def latest_submission(assessment: Assessment, enrolment: Enrolment) -> Submission | None:
    """The newest attempt."""
    query = (
        select(Submission)
        .where(Submission.assessment_id == assessment.id, Submission.enrolment_id == enrolment.id)
        .options(selectinload(Submission.artefacts))
        .order_by(Submission.attempt.desc())
    )
    return db.session.scalar(query.limit(1))


def submissions_of(enrolment: Enrolment) -> list[Submission]:
    """All attempts of a person in an offering."""
    query = (
        select(Submission)
        .where(Submission.enrolment_id == enrolment.id)
        .options(joinedload(Submission.assessment), selectinload(Submission.artefacts))
    )
    return list(db.session.scalars(query.order_by(Submission.assessment_id, Submission.attempt)))


def submission_by_public_id(public_id: str) -> Submission:
    """A submission with everything its permission check needs; raises NotFound."""
    query = (
        select(Submission)
        .where(Submission.public_id == public_id)
        .options(
            joinedload(Submission.assessment),
            selectinload(Submission.artefacts),
            joinedload(Submission.enrolment).options(
                joinedload(Enrolment.user).joinedload(User.organisation),
                joinedload(Enrolment.offering)
                .joinedload(Offering.course_version)
                .joinedload(CourseVersion.course)
                .joinedload(Course.provider),
            ),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def artefact_of(submission: Submission, public_id: str) -> Artefact:
    """A file of this submission and of no other; raises NotFound."""
    query = select(Artefact).where(
        Artefact.public_id == public_id, Artefact.submission_id == submission.id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def submissions_in(offering: Offering) -> list[Submission]:
    """All submissions of an offering, oldest first."""
    query = (
        select(Submission)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .where(Enrolment.offering_id == offering.id)
        .options(
            contains_eager(Submission.enrolment).contains_eager(Enrolment.user),
            joinedload(Submission.assessment),
            selectinload(Submission.artefacts),
        )
    )
    return list(db.session.scalars(query.order_by(Submission.submitted_at, Submission.id)))


def standing_grades(submission: Submission) -> dict[int, GradeEvent]:
    """The grade that stands on each criterion: the one no other supersedes."""
    return _standing([submission.id])[submission.id]


def _standing(submission_ids: list[int]) -> dict[int, dict[int, GradeEvent]]:
    later = aliased(GradeEvent)
    query = (
        select(GradeEvent)
        .outerjoin(later, later.supersedes_id == GradeEvent.id)
        .where(GradeEvent.submission_id.in_(submission_ids), later.id.is_(None))
        .options(joinedload(GradeEvent.rubric_level), joinedload(GradeEvent.assessor))
    )
    found: dict[int, dict[int, GradeEvent]] = {one: {} for one in submission_ids}
    for event in db.session.scalars(query):
        found[event.submission_id][event.criterion_id] = event
    return found


def grades_by_ids(ids: list[int]) -> list[GradeEvent]:
    """Grade events with criterion, level, assessor, submission and its files."""
    query = (
        select(GradeEvent)
        .where(GradeEvent.id.in_(ids))
        .options(
            joinedload(GradeEvent.criterion),
            joinedload(GradeEvent.rubric_level),
            joinedload(GradeEvent.assessor),
            joinedload(GradeEvent.submission).options(
                joinedload(Submission.enrolment), selectinload(Submission.artefacts)
            ),
        )
        .order_by(GradeEvent.criterion_id, GradeEvent.id)
    )
    return list(db.session.scalars(query))


def marks_of(submission: Submission) -> list[rules.Mark]:
    """The standing marks by criterion, ungraded ones included."""
    return _marks(criteria_of(submission.assessment), standing_grades(submission))


def _marks(criteria: list[RubricCriterion], standing: dict[int, GradeEvent]) -> list[rules.Mark]:
    return [
        rules.Mark(
            criterion.id,
            standing[criterion.id].score if criterion.id in standing else None,
            standing[criterion.id].rubric_level.level if criterion.id in standing else 0,
            criterion.level,
            criterion.mandatory,
        )
        for criterion in criteria
    ]


def result_of(submission: Submission) -> rules.Result:
    """The result as it stands."""
    return rules.result(marks_of(submission), submission.assessment.pass_mark)


def waiting_for(assessor_id: int) -> list[Submission]:
    """Submissions that a person has to mark, oldest first."""
    query = (
        select(Submission)
        .join(Submission.enrolment)
        .join(OfferingStaff, OfferingStaff.offering_id == Enrolment.offering_id)
        .where(OfferingStaff.user_id == assessor_id, Submission.state == "submitted")
        .options(
            contains_eager(Submission.enrolment)
            .joinedload(Enrolment.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course),
            joinedload(Submission.assessment),
        )
        .order_by(Submission.submitted_at, Submission.id)
    )
    return list(db.session.scalars(query.limit(100)))


def marked_counts(submission: Submission) -> tuple[int, int]:
    """How many submissions of the same assessment and offering are released, and how many exist."""
    query = (
        select(Submission.state, func.count(Submission.id))
        .join(Submission.enrolment)
        .where(
            Submission.assessment_id == submission.assessment_id,
            Enrolment.offering_id == submission.enrolment.offering_id,
        )
        .group_by(Submission.state)
    )
    counts: dict[str, int] = dict(db.session.execute(query).all())
    return counts.get("released", 0), sum(counts.values())


def passed_by(course_version_id: int, enrolment_ids: list[int]) -> dict[int, frozenset[int]]:
    """By place the assessments in which its newest work is released and passed.

    Five statements at any number of places.
    """
    assessments = assessments_of(course_version_id)
    query = select(Submission).where(Submission.enrolment_id.in_(enrolment_ids))
    newest = {
        (work.assessment_id, work.enrolment_id): work
        for work in db.session.scalars(query.order_by(Submission.attempt))
    }
    standing = _standing([work.id for work in newest.values()])

    def passed(assessment: Assessment, enrolment_id: int) -> bool:
        work = newest.get((assessment.id, enrolment_id))
        if work is None or work.released_at is None:
            return False
        marks = _marks(assessment.criteria, standing[work.id])
        return rules.result(marks, assessment.pass_mark).passed

    return {
        one: frozenset(each.id for each in assessments if passed(each, one))
        for one in enrolment_ids
    }
