"""Released work is judged at once; what is judged competent is attained, and nothing else is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from lms.assessment import events
from lms.assessment import queries as assessment_queries
from lms.assessment import service as assessment_service
from lms.assessment.models import Submission
from lms.competency import queries, service
from lms.competency.models import Attainment, Judgement
from lms.db import constraint_of, db, transaction
from lms.kernel.errors import Conflict
from lms.people.models import User
from tests.make import (
    NOW,
    choices,
    item,
    make_competence_course,
    make_offering,
    make_submission,
    make_user,
    upload,
)

pytestmark = pytest.mark.usefixtures("app")


def marked(rank: int, *, validity_months: int | None = 36) -> tuple[Submission, User]:
    version, assessment = make_competence_course(validity_months=validity_months)
    submission = make_submission(assessment, make_offering(version))
    assessor = make_user("Assessor")
    assessment_service.grade(
        submission, choices(submission, rank), feedback="", by=assessor.id, now=NOW
    )
    return submission, assessor


def released(
    rank: int, *, now: datetime = NOW, validity_months: int | None = 36
) -> tuple[Submission, User]:
    submission, assessor = marked(rank, validity_months=validity_months)
    assessment_service.release(submission, by=assessor.id, now=now)
    return submission, assessor


def attainments(submission: Submission) -> list[Attainment]:
    return queries.attainments_of(submission.enrolment.user_id)


def test_competent_work_gives_one_attainment_a_statement() -> None:
    submission, assessor = released(2)
    judgements = queries.judgements_of(submission)
    assert {(j.item.code, j.outcome, j.level) for j in judgements} == {
        ("SWX.AS.02", "competent", 2),
        ("SWX.SG.01", "competent", 2),
    }
    assert {j.assessor_id for j in judgements} == {assessor.id}
    assert {j.user_id for j in judgements} == {submission.enrolment.user_id}
    assert {j.rule_version for j in judgements} == {"all-mandatory/1"}
    held = attainments(submission)
    assert {(a.item.code, a.level, a.source) for a in held} == {
        ("SWX.AS.02", 2, "judgement"),
        ("SWX.SG.01", 2, "judgement"),
    }
    assert {a.judgement_id for a in held} == {j.id for j in judgements}


def test_each_judgement_rests_on_the_standing_grades_of_its_own_statement() -> None:
    submission, assessor = marked(1)
    assessment_service.grade(
        submission, choices(submission, 2), feedback="", by=assessor.id, now=NOW
    )
    assessment_service.release(submission, by=assessor.id, now=NOW)
    standing = assessment_queries.standing_grades(submission)
    for judgement in queries.judgements_of(submission):
        basis = [b.grade_event for b in judgement.basis]
        assert {e.criterion.item_id for e in basis} == {judgement.item_id}
        assert {e.id for e in basis} == {
            e.id for e in standing.values() if e.criterion.item_id == judgement.item_id
        }


def test_not_yet_competent_gives_no_attainment() -> None:
    submission, _ = released(1)
    assert {j.outcome for j in queries.judgements_of(submission)} == {"not_yet"}
    assert attainments(submission) == []


def test_one_statement_can_be_competent_and_another_not_yet() -> None:
    """A good total never lifts a statement that falls short: no averages."""
    submission, assessor = marked(3)
    weak = submission.assessment.criteria[0]
    assessment_service.grade(
        submission, {weak.id: (weak.levels[1].id, "")}, feedback="", by=assessor.id, now=NOW
    )
    result = assessment_service.release(submission, by=assessor.id, now=NOW)
    assert result.total > submission.assessment.pass_mark
    outcomes = {j.item_id: j.outcome for j in queries.judgements_of(submission)}
    assert outcomes.pop(weak.item_id) == "not_yet"
    assert set(outcomes.values()) == {"competent"}
    assert {a.item_id for a in attainments(submission)} == set(outcomes)


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        (datetime(2027, 3, 9, 15, 59, 59, tzinfo=UTC), date(2027, 3, 9), date(2030, 3, 8)),
        (datetime(2027, 3, 9, 16, 0, tzinfo=UTC), date(2027, 3, 10), date(2030, 3, 9)),
    ],
)
def test_validity_begins_on_the_day_in_the_providers_zone(
    now: datetime, first: date, last: date
) -> None:
    submission, _ = released(2, now=now)
    assert {(a.valid_from, a.valid_to) for a in attainments(submission)} == {(first, last)}


def test_a_course_without_validity_gives_attainments_without_end() -> None:
    submission, _ = released(2, validity_months=None)
    assert {a.valid_to for a in attainments(submission)} == {None}


def test_current_attainments_are_those_of_the_day_the_person_and_the_statements() -> None:
    submission, _ = released(2)
    user_id = submission.enrolment.user_id
    wanted = [item("SWX.AS.02").id]
    first, last = date(2027, 3, 10), date(2030, 3, 9)

    def held(who: int, items: list[int], day: date) -> int:
        return len(queries.current_attainments([who], items, day))

    assert held(user_id, wanted, first) == held(user_id, wanted, last) == 1
    assert held(user_id, wanted, first - timedelta(days=1)) == 0
    assert held(user_id, wanted, last + timedelta(days=1)) == 0
    assert held(make_user().id, wanted, first) == 0
    assert held(user_id, [item("SWX.RM.01").id], first) == 0
    assert held(user_id, [], first) == 0


def test_work_is_judged_once() -> None:
    submission, assessor = released(2)
    with pytest.raises(Conflict, match="judged-already"):
        service.judge(submission, by=assessor.id, now=NOW)
    assert len(attainments(submission)) == 2


def test_a_later_lower_attempt_leaves_what_was_attained() -> None:
    submission, assessor = released(2)
    place = submission.enrolment
    again = assessment_service.submit(
        submission.assessment, place, upload("again"), by=place.user_id, now=NOW
    )
    assert again.attempt == 2
    assessment_service.grade(again, choices(again, 1), feedback="", by=assessor.id, now=NOW)
    assessment_service.release(again, by=assessor.id, now=NOW)
    assert {j.outcome for j in queries.judgements_of(again)} == {"not_yet"}
    assert len(attainments(submission)) == 2


def test_a_failing_handler_undoes_release_judgement_and_attainment() -> None:
    with transaction():
        submission, assessor = marked(2)
    submission_id, by = submission.id, assessor.id

    def fail(_sender: object, **_more: object) -> None:
        raise RuntimeError("handler")

    def release() -> None:
        with transaction():
            found = db.session.get_one(Submission, submission_id)
            assessment_service.release(found, by=by, now=NOW)

    with (
        events.results_released.connected_to(fail),
        pytest.raises(RuntimeError, match="handler"),
    ):
        release()
    db.session.expire_all()
    after = db.session.get_one(Submission, submission_id)
    assert (after.state, after.released_at) == ("submitted", None)
    assert queries.judgements_of(after) == []
    assert attainments(after) == []
    release()
    assert len(attainments(after)) == 2


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (Judgement, {"outcome": "failed"}, "ck_judgement_outcome"),
        (Attainment, {"source": "gift"}, "ck_attainment_source"),
        (Attainment, {"valid_to": date(2000, 1, 1)}, "ck_attainment_dates"),
    ],
)
def test_the_database_refuses_impossible_rows(
    model: type[Judgement | Attainment], values: dict[str, object], constraint: str
) -> None:
    submission, _ = released(2)
    user_id = submission.enrolment.user_id
    change = update(model).where(model.user_id == user_id).values(**values)
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.execute(change)
    assert constraint_of(caught.value) == constraint
