"""Pure decisions of assessment: totals, passes, and whether a rubric holds together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Mark:
    """The grade that stands on one criterion; ``score`` is None while ungraded."""

    criterion_id: int
    score: Decimal | None
    level: int
    needed: int
    mandatory: bool


@dataclass(frozen=True)
class Result:
    """The outcome of marked work, for the course grade; competency is judged elsewhere."""

    total: Decimal
    complete: bool
    passed: bool
    reasons: tuple[str, ...]


def result(marks: Sequence[Mark], pass_mark: Decimal) -> Result:
    """Sum the scores; passed when complete, at the pass mark and every mandatory criterion met."""
    total = sum((m.score for m in marks if m.score is not None), Decimal("0.00"))
    complete = bool(marks) and all(m.score is not None for m in marks)
    reasons = []
    if not complete:
        reasons.append("marking-incomplete")
    if total < pass_mark:
        reasons.append("below-pass-mark")
    if any(m.mandatory and m.level < m.needed for m in marks):
        reasons.append("mandatory-criterion-short")
    return Result(total, complete, not reasons, tuple(reasons))


def rubric_fault(levels: Sequence[tuple[Decimal, int]], weight: Decimal, needed: int) -> str | None:
    """A message code for a rubric line that cannot be marked fairly, or None.

    ``levels`` are (score, competency level) by rank: at least two, scores and levels never fall,
    the best score is the weight, and the level it stands for can be reached.
    """
    scores = [score for score, _ in levels]
    shown = [level for _, level in levels]
    if len(levels) < 2 or scores != sorted(scores) or shown != sorted(shown):
        return "rubric-levels-fall"
    if scores[-1] != weight:
        return "rubric-best-score"
    if shown[-1] < needed:
        return "rubric-level-unreachable"
    return None


def unassessed(
    assessed: Iterable[tuple[int, int]], criteria: Iterable[tuple[int, int]]
) -> set[int]:
    """The items a course says it assesses at a level, for which no criterion stands at it."""
    covered = set(criteria)
    return {item_id for item_id, level in assessed if (item_id, level) not in covered}
