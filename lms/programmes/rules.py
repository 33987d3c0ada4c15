"""Pure decisions about programmes: what a group asks for, and how far somebody has come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.programmes.models import Asked


@dataclass(frozen=True)
class Part:
    """A course of a group with its credit; None when the catalogue offers it no more."""

    course_id: int
    credit: Decimal | None


@dataclass(frozen=True)
class Group:
    """What a group asks for: all of its courses, or ``least`` courses or credits of them."""

    asked: Asked
    least: Decimal | None
    parts: tuple[Part, ...]

    @property
    def credits(self) -> Decimal:
        """The credits of all its courses."""
        return sum((part.credit or Decimal(0) for part in self.parts), Decimal(0))

    def met_by(self, done: Collection[int]) -> bool:
        """Whether somebody who completed these courses has done enough of it."""
        own = [part for part in self.parts if part.course_id in done]
        if self.asked is Asked.ALL or self.least is None:
            return bool(self.parts) and len(own) == len(self.parts)
        if self.asked is Asked.COURSES:
            return len(own) >= self.least
        return sum((part.credit or Decimal(0) for part in own), Decimal(0)) >= self.least


@dataclass(frozen=True)
class Progress:
    """How far somebody has come: courses done, credits earned, groups met in their order."""

    done: frozenset[int]
    credits: Decimal
    met: tuple[bool, ...]
    complete: bool


def progress(groups: Sequence[Group], least: Decimal, done: Collection[int]) -> Progress:
    """Everything is complete when every group is met and the credits reach ``least``."""
    parts = {part.course_id: part for group in groups for part in group.parts}
    own = frozenset(parts) & frozenset(done)
    earned = sum((parts[one].credit or Decimal(0) for one in own), Decimal(0))
    met = tuple(group.met_by(own) for group in groups)
    return Progress(own, earned, met, bool(groups) and all(met) and earned >= least)


def fault(groups: Sequence[Group]) -> str | None:
    """Why nobody could meet its groups, as a message code; None when one can.

    That its courses give fewer credits than it asks for is no fault: modules join as they are
    written, and credits may be brought along.
    """
    if not groups:
        return "programme-without-group"
    if any(not group.parts for group in groups):
        return "programme-group-empty"
    if any(part.credit is None for group in groups for part in group.parts):
        return "programme-course-unpublished"
    everything = [part.course_id for group in groups for part in group.parts]
    if not all(group.met_by(everything) for group in groups):
        return "programme-group-unreachable"
    return None


def offered(groups: Sequence[Group]) -> Decimal:
    """The credits of all courses together."""
    return sum((group.credits for group in groups), Decimal(0))
