"""What is added up, what is shown, and that nothing tells who said what."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.surveys import rules

LAST = date(2027, 4, 6)
answers = st.lists(
    st.fixed_dictionaries(
        {name: st.integers(rules.LOWEST, rules.HIGHEST) for name in rules.RATINGS}
    ),
    max_size=30,
)


@pytest.mark.parametrize(("days", "opened"), [(-1, False), (0, True), (400, True)])
def test_it_opens_on_the_last_day(days: int, opened: object) -> None:
    assert rules.is_open(LAST, LAST + timedelta(days)) is opened


@given(answers)
def test_counts_hold_every_answer_in_whatever_order(given_: list[dict[str, int]]) -> None:
    there: dict[str, dict[str, int]] = {}
    back: dict[str, dict[str, int]] = {}
    for one in given_:
        there = rules.added(there, one)
    for one in reversed(given_):
        back = rules.added(back, one)
    assert there == back
    for question in rules.rated(there):
        said = [one[question.question] for one in given_]
        assert question.number == len(said)
        assert dict(question.counts) == {n: said.count(n) for n in range(1, 6)}
        if said:
            assert question.mean is not None
            assert abs(question.mean - Decimal(sum(said)) / len(said)) <= Decimal("0.05")
        else:
            assert question.mean is None


@given(st.permutations(["cepat", "Baik", "ágil", "baik"]))
def test_remarks_keep_no_order(texts: list[str]) -> None:
    kept: dict[str, list[str]] = {}
    for text in texts:
        kept = rules.with_remarks(kept, {"helped": text, "better": ""})
    assert kept == {"helped": ["Baik", "baik", "cepat", "ágil"]}


def test_few_returns_are_not_shown() -> None:
    assert not rules.shown(rules.FEWEST - 1)
    assert rules.shown(rules.FEWEST)
