"""The page of a version offers what may be done to it, and nothing else."""

from flask import Flask

from lms.catalogue import queries, service
from lms.catalogue.models import CourseKind
from lms.db import transaction
from tests.conftest import SignIn
from tests.make import course_facts, fresh


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
