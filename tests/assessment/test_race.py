"""Two people, or two windows, at once: real threads on a database with real commits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.assessment import queries, service
from lms.assessment.models import Artefact, Assessment, GradeEvent, Submission
from lms.competency.models import Attainment, Judgement
from lms.db import db, transaction
from lms.enrolment.models import Enrolment
from tests.enrolment.at_once import at_once
from tests.make import (
    NOW,
    choices,
    make_competence_course,
    make_offering,
    make_place,
    make_submission,
    make_user,
    own_app,
    upload,
)

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One database for all; every test makes a course of its own."""
    with own_app("assessment_race", tmp_path_factory.mktemp("race")) as app:
        yield app


@dataclass(frozen=True)
class Made:
    """What the threads look up anew, by id."""

    submission: int
    assessors: tuple[int, int]


def handed_in(app: Flask, *, graded: bool) -> Made:
    with app.app_context(), transaction():
        version, assessment = make_competence_course()
        work = make_submission(assessment, make_offering(version))
        assessors = make_user("One").id, make_user("Two").id
        if graded:
            service.grade(work, choices(work, 2), feedback="", by=assessors[0], now=NOW)
        return Made(work.id, assessors)


def release(made: Made, by: int) -> Callable[[], str]:
    def deed() -> str:
        with transaction():
            work = db.session.get_one(Submission, made.submission)
            service.release(work, by=by, now=NOW)
            return "released"

    return deed


def grade(made: Made, by: int, rank: int) -> Callable[[], str]:
    def deed() -> str:
        with transaction():
            work = db.session.get_one(Submission, made.submission)
            service.grade(work, choices(work, rank), feedback=f"by {by}", by=by, now=NOW)
            return "graded"

    return deed


def hand_in(assessment_id: int, place_id: int, text: str) -> Callable[[], str]:
    def deed() -> str:
        with transaction():
            place = db.session.get_one(Enrolment, place_id)
            assessment = db.session.get_one(Assessment, assessment_id)
            file = upload(text)
            service.submit(assessment, place, file, by=place.user_id, now=NOW)
            return "handed in"

    return deed


def test_two_releases_at_once_are_judged_once(committed: Flask) -> None:
    made = handed_in(committed, graded=True)
    answers = at_once(committed, [release(made, by) for by in made.assessors])
    assert sorted(answers) == ["released", "result-released"]
    with committed.app_context():
        work = db.session.get_one(Submission, made.submission)
        query = select(Judgement).where(Judgement.submission_id == work.id)
        judgements = list(db.session.scalars(query))
        statements = {criterion.item_id for criterion in work.assessment.criteria}
        assert {judgement.item_id for judgement in judgements} == statements
        assert len(judgements) == len(statements)
        assert {judgement.assessor_id for judgement in judgements} == {work.released_by_id}
        attained = select(func.count(Attainment.id)).where(
            Attainment.user_id == work.enrolment.user_id
        )
        assert db.session.scalar(attained) == len(statements)


def test_of_two_first_grades_at_once_one_stands(committed: Flask) -> None:
    made = handed_in(committed, graded=False)
    one, two = made.assessors
    answers = at_once(committed, [grade(made, one, 1), grade(made, two, 2)])
    assert set(answers) <= {"graded", "graded-by-another", "stale"}
    assert "graded" in answers
    with committed.app_context():
        work = db.session.get_one(Submission, made.submission)
        query = select(GradeEvent).where(GradeEvent.submission_id == work.id)
        events = list(db.session.scalars(query))
        superseded = {event.supersedes_id for event in events}
        standing = [event for event in events if event.id not in superseded]
        assert sorted(e.criterion_id for e in standing) == sorted(
            c.id for c in work.assessment.criteria
        )
        assert len({event.assessor_id for event in standing}) == 1
        assert work.feedback == f"by {standing[0].assessor_id}"


def test_a_grade_against_a_release_is_in_the_judgement_or_refused(committed: Flask) -> None:
    made = handed_in(committed, graded=True)
    one, two = made.assessors
    answers = at_once(committed, [release(made, one), grade(made, two, 0)])
    assert "released" in answers
    assert set(answers) <= {"released", "graded", "result-released"}
    outcome = "not_yet" if "graded" in answers else "competent"
    with committed.app_context():
        query = select(Judgement.outcome).where(Judgement.submission_id == made.submission)
        assert set(db.session.scalars(query)) == {outcome}


def test_two_first_files_at_once_are_one_attempt(committed: Flask) -> None:
    with committed.app_context(), transaction():
        version, assessment = make_competence_course()
        place = make_place(make_offering(version))
        assessment_id, place_id = assessment.id, place.id
    deeds = [hand_in(assessment_id, place_id, f"window {number}") for number in range(2)]
    answers = at_once(committed, deeds)
    assert set(answers) <= {"handed in", "submission-raced", "stale"}
    assert "handed in" in answers
    with committed.app_context():
        works = queries.submissions_of(db.session.get_one(Enrolment, place_id))
        assert [work.attempt for work in works] == [1]
        files = select(func.count(Artefact.id)).where(Artefact.submission_id == works[0].id)
        assert db.session.scalar(files) == answers.count("handed in")
