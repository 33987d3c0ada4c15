"""Reactions to the catalogue below."""

from lms.assessment import service
from lms.catalogue import events
from lms.catalogue.models import CourseVersion


def check_course(version: CourseVersion) -> None:
    """A course may promise competence only where a rubric can show it."""
    service.check_before_publishing(version)


def connect() -> None:
    """Listen to the catalogue."""
    events.course_publishing.connect(check_course)
