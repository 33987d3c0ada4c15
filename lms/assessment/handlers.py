"""Reactions to the catalogue below."""

from lms.assessment import copying, drafting
from lms.catalogue import events
from lms.catalogue.models import CourseVersion


def check_course(version: CourseVersion) -> None:
    """A course may promise competence only where a rubric can show it."""
    drafting.check_before_publishing(version)


def copy_assessments(draft: CourseVersion, *, source: CourseVersion, by: int | None) -> None:
    """A new version begins with the assessments of the old one."""
    copying.copy_assessments(source, draft, by=by)


def drop_criteria(draft: CourseVersion, *, item_id: int) -> None:
    """What a draft no longer works on is no longer marked in it."""
    copying.drop_criteria(draft, item_id)


def connect() -> None:
    """Listen to the catalogue."""
    events.course_publishing.connect(check_course)
    events.version_begun.connect(copy_assessments)
    events.item_unmapped.connect(drop_criteria)
