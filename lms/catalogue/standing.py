"""What is known of a person when a course asks: features above say what they record.

They register a function that answers for one person in one statement.
"""

from collections.abc import Callable, Collection
from datetime import date

from lms.catalogue.prerequisite_models import Prerequisite
from lms.catalogue.requirements import Known, full_years
from lms.people import queries as people_queries
from lms.people.models import User

Courses = Callable[[int, Collection[int]], set[int]]
"""Which of the courses a person has completed: (user id, course ids)."""
Levels = Callable[[int, Collection[int], date], dict[int, int]]
"""The levels a person holds on that day on some of the items: (user id, item ids, day)."""

_courses: list[Courses] = []
_levels: list[Levels] = []


def completed_by(source: Courses) -> None:
    """Let a feature above say which courses a person has completed."""
    if source not in _courses:
        _courses.append(source)


def attained_by(source: Levels) -> None:
    """Let a feature above say which levels a person holds."""
    if source not in _levels:
        _levels.append(source)


def completed(user_id: int, course_ids: Collection[int]) -> frozenset[int]:
    """Which of the courses a person has completed: a statement for each source."""
    return frozenset().union(*(each(user_id, course_ids) for each in _courses if course_ids))


def known(user: User, lines: Collection[Prerequisite], today: date) -> Known:
    """What the lines ask about, known of a person: a statement for each source that is asked."""
    courses = {line.course_id for line in lines if line.course_id is not None}
    items = {line.item_id for line in lines if line.item_id is not None}
    levels: dict[int, int] = {}
    for source in _levels if items else ():
        for item_id, level in source(user.id, items, today).items():
            levels[item_id] = max(level, levels.get(item_id, 0))
    asks_role = any(line.role for line in lines)
    return Known(
        courses=completed(user.id, courses),
        levels=levels,
        roles=people_queries.roles_held(user.id) if asks_role else frozenset(),
        years=full_years(user.serving_since, today),
    )
