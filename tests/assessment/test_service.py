"""Work is handed in by its author, graded by others, and never changed after release."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.assessment import drafting, queries, service
from lms.assessment.models import Assessment, EvidenceType, GradeEvent, Submission
from lms.audit.models import AuditEntry
from lms.catalogue.models import Offering
from lms.db import constraint_of, db
from lms.enrolment import service as enrolment_service
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.people.models import User
from tests.make import (
    NOW,
    choices,
    item,
    make_assessment,
    make_competence_course,
    make_course,
    make_criterion,
    make_offering,
    make_place,
    make_submission,
    make_user,
    rubric_levels,
    upload,
)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def course() -> tuple[Assessment, Offering]:
    version, assessment = make_competence_course()
    return assessment, make_offering(version)


@pytest.fixture
def work(course: tuple[Assessment, Offering]) -> Submission:
    return make_submission(*course)


@pytest.fixture
def assessor() -> User:
    return make_user("Assessor")


def events_of(work: Submission) -> list[GradeEvent]:
    query = select(GradeEvent).where(GradeEvent.submission_id == work.id)
    return list(db.session.scalars(query.order_by(GradeEvent.id)))


def test_files_join_the_attempt_until_the_result_is_out(work: Submission, assessor: User) -> None:
    place, assessment = work.enrolment, work.assessment
    again = service.submit(assessment, place, upload("second"), by=place.user_id, now=NOW)
    assert again is work
    assert (again.attempt, len(again.artefacts)) == (1, 2)
    service.grade(work, choices(work, 1), feedback="", by=assessor.id, now=NOW)
    service.release(work, by=assessor.id, now=NOW)
    third = service.submit(assessment, place, upload("third"), by=place.user_id, now=NOW)
    assert (third.attempt, third.state, len(third.artefacts)) == (2, "submitted", 1)
    assert work.state == "released"


def test_the_same_file_twice_is_refused(work: Submission) -> None:
    place = work.enrolment
    service.submit(work.assessment, place, upload("same"), by=place.user_id, now=NOW)
    with pytest.raises(Conflict, match="file-handed-in-already"):
        service.submit(work.assessment, place, upload("same"), by=place.user_id, now=NOW)
    db.session.expire_all()
    assert len(work.artefacts) == 2


def test_nobody_hands_in_for_somebody_else(course: tuple[Assessment, Offering]) -> None:
    assessment, offering = course
    place = make_place(offering)
    with pytest.raises(Forbidden):
        service.submit(assessment, place, upload("x"), by=make_user().id, now=NOW)
    assert queries.submissions_of(place) == []


def test_work_is_handed_in_for_ones_own_course_only(course: tuple[Assessment, Offering]) -> None:
    _, offering = course
    _, elsewhere = make_competence_course()
    place = make_place(offering)
    with pytest.raises(NotFound):
        service.submit(elsewhere, place, upload("x"), by=place.user_id, now=NOW)
    with pytest.raises(NotFound):
        queries.assessment_of(offering.course_version_id, elsewhere.public_id)


@pytest.mark.parametrize("state", ["waiting", "withdrawn"])
def test_only_people_with_a_seat_hand_in(state: str) -> None:
    version, assessment = make_competence_course()
    offering = make_offering(version, capacity=1)
    make_place(offering)
    place = make_place(offering)
    if state == "withdrawn":
        enrolment_service.withdraw(place, by=None, now=NOW)
    assert place.state == state
    with pytest.raises(Conflict, match="not-confirmed"):
        service.submit(assessment, place, upload("x"), by=place.user_id, now=NOW)


def test_a_correction_supersedes_and_the_first_grade_stays(
    work: Submission, assessor: User
) -> None:
    assert service.grade(work, choices(work, 1), feedback="a", by=assessor.id, now=NOW) == 2
    second = make_user("Second")
    one = work.assessment.criteria[0]
    changed = service.grade(
        work, {one.id: (one.levels[2].id, "better")}, feedback="b", by=second.id, now=NOW
    )
    assert changed == 1
    first, other, correction = events_of(work)
    assert (correction.supersedes_id, correction.assessor_id) == (first.id, second.id)
    assert (first.rubric_level_id, first.assessor_id) == (one.levels[1].id, assessor.id)
    assert (first.score, correction.score) == (Decimal("20.00"), Decimal("40.00"))
    standing = queries.standing_grades(work)
    assert {criterion: e.id for criterion, e in standing.items()} == {
        one.id: correction.id,
        other.criterion_id: other.id,
    }
    assert work.feedback == "b"


def test_the_same_grade_again_makes_no_event(work: Submission, assessor: User) -> None:
    service.grade(work, choices(work, 2), feedback="", by=assessor.id, now=NOW)
    assert service.grade(work, choices(work, 2), feedback="", by=assessor.id, now=NOW) == 0
    with_words = {criterion: (level, "why") for criterion, (level, _) in choices(work, 2).items()}
    assert service.grade(work, with_words, feedback="", by=assessor.id, now=NOW) == 2
    assert len(events_of(work)) == 4


def test_feedback_alone_is_audited_too(work: Submission, assessor: User) -> None:
    query = select(AuditEntry.action).where(AuditEntry.actor_id == assessor.id)
    for _ in range(2):
        service.grade(work, {}, feedback="Careful", by=assessor.id, now=NOW)
        assert list(db.session.scalars(query)) == ["assessment.feedback.changed"]


def test_the_database_lets_a_grade_be_superseded_once(work: Submission, assessor: User) -> None:
    service.grade(work, choices(work, 1), feedback="", by=assessor.id, now=NOW)
    service.grade(work, choices(work, 2), feedback="", by=assessor.id, now=NOW)
    old, new = events_of(work)[0], events_of(work)[2]
    assert new.supersedes_id == old.id
    twin = GradeEvent(
        submission_id=work.id,
        criterion_id=old.criterion_id,
        rubric_level_id=old.rubric_level_id,
        score=old.score,
        assessor_id=assessor.id,
        graded_at=NOW,
        supersedes_id=old.id,
    )
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.add(twin)
    assert "supersedes_id" in str(constraint_of(caught.value))


def test_the_grade_that_stands_is_told_by_what_supersedes_it(
    work: Submission, assessor: User
) -> None:
    """Not by its number: here the first row supersedes the second."""
    one = work.assessment.criteria[0]
    for rank in (1, 2):
        service.grade(
            work, {one.id: (one.levels[rank].id, "")}, feedback="", by=assessor.id, now=NOW
        )
    first, second = events_of(work)
    second.supersedes_id = None
    db.session.flush()
    first.supersedes_id = second.id
    db.session.flush()
    assert queries.standing_grades(work)[one.id] is first


def test_nobody_grades_or_releases_their_own_work(work: Submission, assessor: User) -> None:
    author = work.enrolment.user_id
    with pytest.raises(Forbidden, match="own-work"):
        service.grade(work, choices(work, 3), feedback="", by=author, now=NOW)
    assert events_of(work) == []
    service.grade(work, choices(work, 2), feedback="", by=assessor.id, now=NOW)
    with pytest.raises(Forbidden, match="own-work"):
        service.release(work, by=author, now=NOW)
    assert work.state == "submitted"


def test_criteria_and_levels_of_another_rubric_are_not_there(
    work: Submission, assessor: User
) -> None:
    _, elsewhere = make_competence_course()
    theirs = elsewhere.criteria[0]
    ours, sibling = work.assessment.criteria
    wrong = [
        {theirs.id: (theirs.levels[2].id, "")},
        {ours.id: (theirs.levels[2].id, "")},
        {ours.id: (sibling.levels[2].id, "")},
        {theirs.id: (ours.levels[2].id, "")},
        {ours.id: (0, "")},
    ]
    for each in wrong:
        with pytest.raises(NotFound):
            service.grade(work, each, feedback="", by=assessor.id, now=NOW)
    assert events_of(work) == []


def test_incomplete_marking_is_not_released(work: Submission, assessor: User) -> None:
    with pytest.raises(Invalid, match="marking-incomplete"):
        service.release(work, by=assessor.id, now=NOW)
    one = dict([next(iter(choices(work, 2).items()))])
    service.grade(work, one, feedback="", by=assessor.id, now=NOW)
    with pytest.raises(Invalid, match="marking-incomplete"):
        service.release(work, by=assessor.id, now=NOW)
    assert (work.state, work.released_at) == ("submitted", None)


def test_after_release_nothing_can_be_changed(work: Submission, assessor: User) -> None:
    service.grade(work, choices(work, 2), feedback="kept", by=assessor.id, now=NOW)
    outcome = service.release(work, by=assessor.id, now=NOW)
    assert (outcome.total, outcome.passed) == (Decimal("80.00"), True)
    assert (work.state, work.released_at, work.released_by_id) == ("released", NOW, assessor.id)
    with pytest.raises(Conflict, match="result-released"):
        service.grade(work, choices(work, 3), feedback="new", by=assessor.id, now=NOW)
    with pytest.raises(Conflict, match="result-released"):
        service.release(work, by=assessor.id, now=NOW)
    assert len(events_of(work)) == 2
    assert work.feedback == "kept"


def test_a_release_tells_what_falls_short(work: Submission, assessor: User) -> None:
    service.grade(work, choices(work, 1), feedback="", by=assessor.id, now=NOW)
    outcome = service.release(work, by=assessor.id, now=NOW)
    assert (outcome.total, outcome.passed) == (Decimal("40.00"), False)
    assert outcome.reasons == ("below-pass-mark", "mandatory-criterion-short")


def test_an_unfair_rubric_line_is_refused() -> None:
    version = make_course(published=False)
    assessment = make_assessment(version)
    facts = drafting.CriterionFacts(
        titles={"en": "x"},
        weight=Decimal(50),
        item=item(),
        level=2,
        levels=rubric_levels(("0", 0), ("40", 2)),
        evidence=EvidenceType.INDIRECT,
    )
    with pytest.raises(Invalid, match="rubric-best-score"):
        drafting.add_criterion(assessment, facts, by=None)
    assert queries.criteria_of(assessment) == []


def test_rubric_lines_and_levels_keep_their_order() -> None:
    assessment = make_assessment(make_course(published=False))
    for code in ("SWX.SG.01", "SWX.AS.02", "SWX.SG.01"):
        make_criterion(assessment, item(code))
    db.session.expire_all()
    lines = queries.criteria_of(assessment)
    assert [line.item.code for line in lines] == ["SWX.SG.01", "SWX.AS.02", "SWX.SG.01"]
    assert [line.position for line in lines] == [0, 1, 2]
    assert [level.rank for level in lines[0].levels] == [0, 1, 2, 3]


def test_an_assessment_code_is_unique_in_its_course() -> None:
    version, other = make_course(published=False), make_course(published=False)
    made = make_assessment(version)

    def again(where: int) -> Assessment:
        facts = drafting.AssessmentFacts(made.code, {}, {}, Decimal(1))
        return drafting.create_assessment(other if where else version, facts, by=None)

    assert again(1).code == made.code
    with pytest.raises(Conflict, match="assessment-code-taken"):
        again(0)


def test_counts_and_queues_concern_the_own_offering(course: tuple[Assessment, Offering]) -> None:
    assessment, offering = course
    elsewhere = make_offering(offering.course_version)
    first = make_submission(assessment, offering)
    make_submission(assessment, offering)
    make_submission(assessment, elsewhere)
    by = make_user().id
    service.grade(first, choices(first, 2), feedback="", by=by, now=NOW)
    assert queries.marked_counts(first) == (0, 2)
    service.release(first, by=by, now=NOW)
    assert queries.marked_counts(first) == (1, 2)
    assert len(queries.submissions_in(offering)) == 2
    assert queries.waiting_for(by) == []
