"""The page of a version offers what may be done to it, and nothing else."""

from flask import Flask

from lms.catalogue import queries, service
from lms.catalogue.kinds import CourseKind
from lms.db import transaction
from lms.people import queries as people_queries
from lms.web.messages import sentence
from tests.conftest import SignIn
from tests.make import course_facts, fresh, make_course


def test_a_draft_can_be_changed_from_its_page_and_a_frozen_version_cannot(
    app: Flask, sign_in: SignIn
) -> None:
    """Once the link stood on frozen versions only."""
    del app
    offering = queries.offering_by_code("PKK204-2")
    assert offering is not None
    frozen = offering.course_version
    with transaction():
        draft = service.create_course(
            frozen.course.provider,
            fresh().upper(),
            CourseKind(frozen.course.kind),
            course_facts(),
            by=1,
        )
        own, other = draft.public_id, frozen.public_id
    manager = sign_in("manager")
    assert f"/manage/courses/{own}/edit" in manager.get(f"/manage/courses/{own}").text
    assert "/edit" not in manager.get(f"/manage/courses/{other}").text


def test_a_draft_is_offered_no_form_that_would_be_refused(app: Flask, sign_in: SignIn) -> None:
    del app
    provider = people_queries.organisation_by_code("ILKS")
    with transaction():
        address = f"/manage/courses/{make_course(provider, published=False).public_id}"
    manager = sign_in("manager")
    for answer in (manager.get, manager.post):
        refused = answer(f"{address}/offerings/new?lang=en")
        assert refused.status_code == 409
        assert sentence("course-not-published") in refused.text
