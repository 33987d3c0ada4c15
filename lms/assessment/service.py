"""Verbs over work: hand in, grade, release."""

import hashlib
from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified

from lms.assessment import events, queries, rules
from lms.assessment.models import (
    Artefact,
    Assessment,
    GradeEvent,
    RubricCriterion,
    RubricLevel,
    Submission,
    SubmissionState,
)
from lms.audit import service as audit
from lms.db import db, lock, unique_or
from lms.enrolment.models import Enrolment
from lms.enrolment.service import only_confirmed
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.text import in_language
from lms.storage.receiving import Received


def submit(
    assessment: Assessment, enrolment: Enrolment, upload: Received, *, by: int, now: datetime
) -> Submission:
    """Hand in a file. Until the result is out a further file joins the attempt.

    After a release the next file opens the next attempt. Raises Forbidden for somebody else's
    place, NotFound for an assessment of another course, Conflict without a seat or for the same
    file again.
    """
    if enrolment.user_id != by:
        raise Forbidden
    if assessment.course_version_id != enrolment.offering.course_version_id:
        raise NotFound
    only_confirmed(enrolment)
    latest = queries.latest_submission(assessment, enrolment)
    if latest is None or latest.state == SubmissionState.RELEASED:
        latest = _next_attempt(assessment, enrolment, latest, now)
    with unique_or("file-handed-in-already"):
        latest.artefacts.append(Artefact(received_at=now, **vars(upload)))
    latest.submitted_at = now
    db.session.flush()
    audit.record(by, "assessment.submitted", latest, digest=upload.digest)
    return latest


def _next_attempt(
    assessment: Assessment, enrolment: Enrolment, latest: Submission | None, now: datetime
) -> Submission:
    submission = Submission(
        assessment_id=assessment.id,
        enrolment_id=enrolment.id,
        attempt=latest.attempt + 1 if latest else 1,
        submitted_at=now,
        artefacts=[],
    )
    with unique_or("submission-raced"):
        db.session.add(submission)
    return submission


def grade(
    submission: Submission,
    choices: dict[int, tuple[int, str]],
    *,
    feedback: str,
    by: int,
    now: datetime,
    seen: int | None = None,
) -> int:
    """Record grades: ``choices`` maps criterion ids to (rubric level id, comment).

    Only what changed makes an event, and an event supersedes the one before it. Returns how many.
    ``seen`` is the state in which a person saw the work and its grades. Raises Conflict after
    release or when the state is another one by now, Forbidden for one's own work, NotFound for a
    criterion or level of another rubric.
    """
    _only_open(submission, by, seen)
    criteria = {c.id: c for c in queries.criteria_of(submission.assessment)}
    standing = queries.standing_grades(submission)
    made = 0
    for criterion_id, (level_id, comment) in choices.items():
        level = _level_of(criteria, criterion_id, level_id)
        before = standing.get(criterion_id)
        if before and before.rubric_level_id == level.id and before.comment == comment:
            continue
        event = GradeEvent(
            submission_id=submission.id,
            criterion_id=criterion_id,
            rubric_level_id=level.id,
            score=level.score,
            assessor_id=by,
            comment=comment,
            graded_at=now,
            supersedes_id=before.id if before else None,
        )
        with unique_or("graded-by-another"):
            db.session.add(event)
        _record_grade(submission, criteria[criterion_id], event, before, level)
        made += 1
    changed = submission.feedback != feedback
    submission.feedback = feedback
    if made:
        flag_modified(submission, "feedback")  # new grades are a new state of the work
    db.session.flush()
    if changed:
        audit.record(by, "assessment.feedback.changed", submission)
    return made


def _record_grade(
    submission: Submission,
    criterion: RubricCriterion,
    event: GradeEvent,
    before: GradeEvent | None,
    level: RubricLevel,
) -> None:
    # About the submission, since that is what people ask about. A comment is named by its digest.
    changes: dict[str, list[str | None]] = {
        "score": [str(before.score) if before else None, str(event.score)],
        "level": [
            in_language(before.rubric_level.labels, "en") if before else None,
            in_language(level.labels, "en"),
        ],
        "comment": [
            _short_digest(before.comment) if before else None,
            _short_digest(event.comment),
        ],
    }
    audit.record(
        event.assessor_id,
        "assessment.graded",
        submission,
        sealed=True,
        criterion=in_language(criterion.titles, "en"),
        item=criterion.item.code,
        event=event.public_id,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
    )


def _short_digest(text: str) -> str | None:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else None


def _only_open(submission: Submission, by: int, seen: int | None) -> None:
    # The row stays locked to the end of the transaction: two assessors at once, or a grade
    # against a release, take turns on PostgreSQL as they do on SQLite.
    lock(submission)
    if submission.state == SubmissionState.RELEASED:
        raise Conflict("result-released")
    if submission.enrolment.user_id == by:
        raise Forbidden("own-work")
    if seen is not None and submission.row_version != seen:
        raise Conflict("stale")


def _level_of(
    criteria: dict[int, RubricCriterion], criterion_id: int, level_id: int
) -> RubricLevel:
    criterion = criteria.get(criterion_id)
    for level in criterion.levels if criterion else ():
        if level.id == level_id:
            return level
    raise NotFound


def release(
    submission: Submission, *, by: int, now: datetime, seen: int | None = None
) -> rules.Result:
    """Make a complete result known; what follows from it happens in the same transaction.

    Raises Conflict when released already or in another state than was ``seen``, Invalid while a
    criterion is ungraded.
    """
    _only_open(submission, by, seen)
    outcome = queries.result_of(submission)
    if not outcome.complete:
        raise Invalid("marking-incomplete")
    submission.state = SubmissionState.RELEASED.value
    submission.released_at = now
    submission.released_by_id = by
    db.session.flush()
    audit.record(
        by,
        "assessment.released",
        submission,
        sealed=True,
        total=str(outcome.total),
        changes={"state": [SubmissionState.SUBMITTED.value, SubmissionState.RELEASED.value]},
    )
    events.results_released.send(submission, by=by, now=now)
    return outcome
