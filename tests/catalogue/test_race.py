"""A draft that is published while somebody else still writes in it: nothing slips in after."""

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.assessment import drafting
from lms.assessment.models import Assessment, RubricCriterion
from lms.catalogue import lifecycle, service
from lms.catalogue.kinds import ItemRole
from lms.catalogue.models import CourseItemMap, CourseVersion, Offering
from lms.db import db, transaction
from lms.standards.models import Item
from tests import make
from tests.enrolment.at_once import at_once
from tests.make import (
    NOW,
    criterion_facts,
    item,
    make_assessment,
    make_course,
    make_offering,
    own_app,
)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One database for all; every test makes a course of its own."""
    with own_app("catalogue_race", tmp_path_factory.mktemp("race")) as app:
        yield app


def made(app: Flask) -> tuple[int, int, int]:
    """A draft with an empty assessment, and a statement to add."""
    with app.app_context(), transaction():
        version = make_course(published=False)
        return version.id, make_assessment(version).id, item().id


def slow_publisher(version_id: int, frozen: threading.Event, added: threading.Event) -> str:
    with transaction():
        version = db.session.get_one(CourseVersion, version_id)
        make.publish(version)
        frozen.set()
        added.wait(0.3)  # whoever does not wait for the lock is done by then
        return "published"


def during_publication(
    app: Flask, version_id: int, deed: Callable[[CourseVersion], object]
) -> list[str]:
    """What publishing answers, and the deed of somebody who still sees a draft."""
    frozen, added = threading.Event(), threading.Event()

    def add() -> str:
        assert frozen.wait(20)
        with transaction():
            deed(db.session.get_one(CourseVersion, version_id))
        added.set()
        return "added"

    return sorted(at_once(app, [lambda: slow_publisher(version_id, frozen, added), add]))


def test_a_competency_does_not_slip_into_a_version_being_published(committed: Flask) -> None:
    version_id, _, item_id = made(committed)

    def deed(version: CourseVersion) -> None:
        service.map_item(version, db.session.get_one(Item, item_id), ItemRole.DEVELOPED, 1, by=None)

    answers = during_publication(committed, version_id, deed)
    assert answers == ["course-version-frozen", "published"]
    with committed.app_context():
        query = select(func.count(CourseItemMap.id))
        assert db.session.scalar(query.filter_by(course_version_id=version_id)) == 0


def test_a_rubric_line_does_not_slip_into_a_version_being_published(committed: Flask) -> None:
    version_id, assessment_id, item_id = made(committed)

    def deed(_version: CourseVersion) -> None:
        facts = criterion_facts(db.session.get_one(Item, item_id))
        assessment = db.session.get_one(Assessment, assessment_id)
        drafting.add_criterion(assessment, facts, by=None)

    answers = during_publication(committed, version_id, deed)
    assert answers == ["course-version-frozen", "published"]
    with committed.app_context():
        query = select(func.count(RubricCriterion.id))
        assert db.session.scalar(query.filter_by(assessment_id=assessment_id)) == 0


def test_two_reviewers_publish_once(committed: Flask) -> None:
    version_id, _, _ = made(committed)
    with committed.app_context(), transaction():
        version = db.session.get_one(CourseVersion, version_id)
        reviewers = [make.make_manager(version.course.provider).id for _ in range(2)]
        lifecycle.send(version, "", by=None, now=NOW)

    def publish(by: int) -> str:
        with transaction():
            lifecycle.publish(db.session.get_one(CourseVersion, version_id), by=by, now=NOW)
            return "published"

    answers = at_once(committed, [partial(publish, by) for by in reviewers])
    assert sorted(answers) == ["course-version-published", "published"]


def test_two_managers_begin_one_new_version(committed: Flask) -> None:
    with committed.app_context(), transaction():
        version_id = make_course().id

    def begin() -> str:
        with transaction():
            lifecycle.begin(db.session.get_one(CourseVersion, version_id), by=None)
            return "begun"

    assert sorted(at_once(committed, [begin] * 2)) == ["begun", "course-has-draft"]


def test_two_lines_at_once_stand_one_after_the_other(committed: Flask) -> None:
    _, assessment_id, item_id = made(committed)

    def deed() -> str:
        with transaction():
            assessment = db.session.get_one(Assessment, assessment_id)
            assert assessment.criteria is not None  # read before the lock
            facts = criterion_facts(db.session.get_one(Item, item_id))
            drafting.add_criterion(assessment, facts, by=None)
            return "added"

    assert at_once(committed, [deed] * 4) == ["added"] * 4
    with committed.app_context():
        criteria = db.session.get_one(Assessment, assessment_id).criteria
        assert [line.position for line in criteria] == [0, 1, 2, 3]


def test_an_offering_closed_meanwhile_is_not_opened_again(committed: Flask) -> None:
    with committed.app_context(), transaction():
        offering_id = make_offering(opened=False).id
    closed, opened = threading.Event(), threading.Event()

    def close() -> str:
        with transaction():
            service.close_offering(db.session.get_one(Offering, offering_id), by=None)
            closed.set()
            opened.wait(0.3)
            return "closed"

    def open_again() -> str:
        assert closed.wait(20)
        with transaction():
            service.open_offering(db.session.get_one(Offering, offering_id), by=None)
        opened.set()
        return "opened"

    assert sorted(at_once(committed, [close, open_again])) == ["closed", "offering-closed"]
