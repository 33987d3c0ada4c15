"""Totals and passes; and whether a rubric line can be marked fairly."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.rules import Mark, result, rubric_fault, unassessed

MARKS = st.lists(
    st.builds(
        Mark,
        criterion_id=st.integers(1, 9),
        score=st.none() | st.integers(0, 5000).map(lambda n: Decimal(n) / 100),
        level=st.integers(0, 4),
        needed=st.integers(1, 4),
        mandatory=st.booleans(),
    ),
    max_size=6,
)
PASS_MARKS = st.integers(0, 10000).map(lambda n: Decimal(n) / 100)


def mark(score: str | None, level: int = 2, *, needed: int = 2, mandatory: bool = True) -> Mark:
    return Mark(1, None if score is None else Decimal(score), level, needed, mandatory)


@pytest.mark.parametrize(
    ("marks", "total", "reasons"),
    [
        ([mark("30"), mark("20")], "50", ()),
        ([mark("30"), mark("19.99")], "49.99", ("below-pass-mark",)),
        ([mark("30"), mark("20.01")], "50.01", ()),
        ([mark("50"), mark(None)], "50", ("marking-incomplete",)),
        ([mark("50", 1), mark("50")], "100", ("mandatory-criterion-short",)),
        ([mark("50", 1, mandatory=False), mark("50")], "100", ()),
        ([], "0", ("marking-incomplete", "below-pass-mark")),
    ],
)
def test_passing_needs_all_marks_the_pass_mark_and_every_mandatory_criterion(
    marks: list[Mark], total: str, reasons: tuple[str, ...]
) -> None:
    outcome = result(marks, Decimal(50))
    assert outcome.total == Decimal(total)
    assert outcome.reasons == reasons
    assert outcome.passed is (not reasons)
    assert outcome.complete is ("marking-incomplete" not in reasons)


@given(MARKS, PASS_MARKS)
def test_the_total_is_the_sum_and_the_order_does_not_matter(
    marks: list[Mark], pass_mark: Decimal
) -> None:
    outcome = result(marks, pass_mark)
    assert outcome.total == sum(m.score for m in marks if m.score is not None)
    assert result(marks[::-1], pass_mark) == outcome
    assert not outcome.passed or (outcome.complete and outcome.total >= pass_mark)


@given(MARKS, PASS_MARKS, st.data())
def test_a_better_mark_never_turns_a_pass_into_a_failure(
    marks: list[Mark], pass_mark: Decimal, data: st.DataObject
) -> None:
    better = [
        m
        if m.score is None
        else replace(
            m,
            score=m.score + data.draw(st.integers(0, 100)),
            level=m.level + data.draw(st.integers(0, 2)),
        )
        for m in marks
    ]
    assert result(better, pass_mark).passed or not result(marks, pass_mark).passed


@pytest.mark.parametrize(
    ("levels", "weight", "needed", "fault"),
    [
        ([(0, 0), (8, 1), (16, 2), (20, 3)], 20, 2, None),
        ([(0, 0), (20, 2)], 20, 2, None),
        ([(0, 0), (20, 2)], 20, 3, "rubric-level-unreachable"),
        ([(0, 0), (19, 2)], 20, 2, "rubric-best-score"),
        ([(0, 0), (21, 2)], 20, 2, "rubric-best-score"),
        ([(20, 2)], 20, 2, "rubric-levels-fall"),
        ([], 20, 2, "rubric-levels-fall"),
        ([(0, 0), (16, 2), (8, 1), (20, 3)], 20, 2, "rubric-levels-fall"),
        ([(0, 0), (8, 2), (16, 1), (20, 3)], 20, 2, "rubric-levels-fall"),
        ([(20, 0), (20, 2)], 20, 2, None),
    ],
)
def test_a_rubric_line_is_fair_or_named_unfair(
    levels: list[tuple[int, int]], weight: int, needed: int, fault: str | None
) -> None:
    pairs = [(Decimal(score), level) for score, level in levels]
    assert rubric_fault(pairs, Decimal(weight), needed) == fault


def test_a_statement_is_assessed_by_a_criterion_at_exactly_its_level() -> None:
    assert unassessed([(1, 2), (2, 3)], [(1, 2), (2, 3), (3, 1)]) == set()
    assert unassessed([(1, 2), (2, 3)], [(1, 2), (2, 2)]) == {2}
    assert unassessed([(1, 2)], [(1, 3)]) == {1}
    assert unassessed([(1, 2)], []) == {1}
    assert unassessed([], [(1, 2)]) == set()
