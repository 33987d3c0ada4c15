"""Whether a person has what a course asks for beforehand. Pure.

The form is fixed: all groups have to be met, and one line of a group is enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeVar


class Line(Protocol):
    """A line as it is stored."""

    @property
    def group_number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def course_id(self) -> int | None: ...
    @property
    def item_id(self) -> int | None: ...
    @property
    def role(self) -> str | None: ...
    @property
    def least(self) -> int | None: ...


L = TypeVar("L", bound=Line)


@dataclass(frozen=True)
class Known:
    """What is known of a person: completed courses, levels by item, roles, years of service."""

    courses: frozenset[int] = frozenset()
    levels: Mapping[int, int] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    years: int = 0


def met(line: Line, known: Known) -> bool:
    """Whether a person has what one line asks for."""
    match line.kind:
        case "course":
            return line.course_id in known.courses
        case "competency":
            return known.levels.get(line.item_id or 0, 0) >= (line.least or 0)
        case "role":
            return line.role in known.roles
        case "service":
            return known.years >= (line.least or 0)
    return False


def grouped(lines: Iterable[L]) -> list[list[L]]:
    """The lines by group, in order."""
    groups: dict[int, list[L]] = {}
    for line in lines:
        groups.setdefault(line.group_number, []).append(line)
    return [groups[number] for number in sorted(groups)]


def missing(lines: Iterable[L], known: Known) -> list[list[L]]:
    """The groups of which no line is met."""
    return [group for group in grouped(lines) if not any(met(line, known) for line in group)]


def full_years(since: date | None, today: date) -> int:
    """Whole years of service; whoever began on 29 February has one more on 1 March."""
    if since is None or since > today:
        return 0
    before_the_day = (today.month, today.day) < (since.month, since.day)
    return today.year - since.year - before_the_day
