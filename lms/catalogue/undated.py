"""Which courses collect interest for dates to come: a feature above registers what it knows."""

from collections.abc import Callable

Courses = Callable[[], set[int]]
"""The ids of all such courses, in one statement."""

_courses: list[Courses] = []


def courses_by(source: Courses) -> None:
    """Let a feature above say which courses collect interest."""
    if source not in _courses:
        _courses.append(source)


def courses() -> frozenset[int]:
    """The ids of the courses that collect interest."""
    return frozenset().union(*(each() for each in _courses))
