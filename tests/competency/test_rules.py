"""Competency is judged by criteria, never by averages; validity counts calendar months."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.competency.rules import Shown, attained, best_of_each, is_current, last_valid_day

GRADES = st.lists(
    st.builds(
        Shown,
        grade_event_id=st.integers(1, 99),
        shown=st.integers(0, 5),
        needed=st.integers(1, 4),
        mandatory=st.booleans(),
    ),
    max_size=6,
)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_without_evidence_nothing_is_attained() -> None:
    verdict = attained([])
    assert (verdict.ok, verdict.level, verdict.reasons, verdict.basis) == (
        False, 0, ("no-evidence",), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("grades", "ok", "level"),
    [
        ([(2, 2, True)], True, 2),
        ([(1, 2, True)], False, 2),
        ([(4, 2, True)], True, 2),
        ([(2, 2, True), (2, 3, True)], False, 2),
        ([(2, 2, True), (3, 3, True)], True, 2),
        ([(4, 3, True), (0, 2, True)], False, 2),
        ([(3, 3, True), (0, 2, False)], True, 3),
        ([(3, 3, False), (2, 2, False)], True, 2),
        ([(3, 3, False), (1, 2, False)], False, 2),
    ],
)
def test_every_mandatory_criterion_is_met_or_all_of_them_where_none_is(
    grades: list[tuple[int, int, bool]], ok: object, level: int
) -> None:
    verdict = attained([Shown(n, *grade) for n, grade in enumerate(grades)])
    assert verdict.ok is ok
    assert verdict.level == level
    assert verdict.reasons == (() if ok else ("criterion-below-level",))
    assert verdict.basis == tuple(range(len(grades)))


@given(GRADES, st.data())
def test_a_better_grade_never_takes_competence_away(
    grades: list[Shown], data: st.DataObject
) -> None:
    better = [replace(g, shown=g.shown + data.draw(st.integers(0, 3))) for g in grades]
    before, after = attained(grades), attained(better)
    assert after.ok or not before.ok
    assert after.level == before.level


@given(GRADES)
def test_the_order_of_grading_does_not_matter(grades: list[Shown]) -> None:
    forwards, backwards = attained(grades), attained(grades[::-1])
    assert (forwards.ok, forwards.level) == (backwards.ok, backwards.level)
    assert set(forwards.basis) == {g.grade_event_id for g in grades}


@given(GRADES)
def test_competent_means_every_counting_grade_reaches_its_level(grades: list[Shown]) -> None:
    verdict = attained(grades)
    assert verdict.ok is (not verdict.reasons)
    if verdict.ok:
        assert all(g.shown >= g.needed for g in grades if g.mandatory)
        assert any(g.shown >= g.needed for g in grades)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 12, 18), 36, date(2029, 12, 17)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 27)),
        (date(2027, 3, 1), 12, date(2028, 2, 29)),
        (date(2026, 3, 1), 12, date(2027, 2, 28)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 1, 30), 1, date(2027, 2, 28)),
        (date(2027, 1, 28), 1, date(2027, 2, 27)),
        (date(2027, 8, 31), 1, date(2027, 9, 30)),
        (date(2027, 1, 1), 12, date(2027, 12, 31)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2027, 5, 1), None, None),
    ],
)
def test_the_last_day_of_a_validity(first: date, months: int | None, last: date | None) -> None:
    assert last_valid_day(first, months) == last


@given(DAYS, st.integers(1, 120))
def test_a_validity_lasts_its_months_and_longer_is_never_shorter(first: date, months: int) -> None:
    last, longer = last_valid_day(first, months), last_valid_day(first, months + 1)
    assert last is not None
    assert longer is not None
    assert first <= last < longer
    assert 27 * months <= (last - first).days + 1 <= 31 * months


@given(DAYS, st.integers(1, 120))
def test_a_later_start_never_ends_earlier(first: date, months: int) -> None:
    last, next_day = (last_valid_day(first + timedelta(days=n), months) for n in (0, 1))
    assert last is not None
    assert next_day is not None
    assert last <= next_day


@pytest.mark.parametrize(
    ("today", "current"),
    [
        (date(2027, 1, 1), False),
        (date(2027, 1, 2), True),
        (date(2027, 6, 30), True),
        (date(2027, 7, 1), False),
    ],
)
def test_both_ends_of_a_validity_count(today: date, current: object) -> None:
    assert is_current(date(2027, 1, 2), date(2027, 6, 30), today) is current


def test_a_validity_without_end_goes_on() -> None:
    assert is_current(date(2027, 1, 2), None, date(2099, 1, 1))
    assert not is_current(date(2027, 1, 2), None, date(2027, 1, 1))


@dataclass(frozen=True)
class Attained:
    item_id: int
    level: int
    valid_from: date
    valid_to: date | None


TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("several", "best"),
    [
        ([(2, 2020, 2029), (3, 2021, 2028)], 1),  # the higher level
        ([(2, 2020, 2028), (2, 2021, 2029)], 1),  # of one level the longer
        ([(2, 2020, None), (2, 2021, 2029)], 0),  # nothing is longer than without end
        ([(4, 2020, 2022), (2, 2021, 2029)], 1),  # current before expired
        ([(4, 2020, 2022), (2, 2021, 2023)], 1),  # all expired: the last
        ([(4, 2030, None), (2, 2021, 2029)], 1),  # not yet begun
    ],
)
def test_of_several_attainments_of_an_item_the_best_counts(
    several: list[tuple[int, int, int | None]], best: int
) -> None:
    held = [
        Attained(7, level, date(first, 1, 1), date(last, 1, 1) if last else None)
        for level, first, last in several
    ]
    other = Attained(8, 1, date(2020, 1, 1), None)
    assert best_of_each([*held, other], TODAY) == [held[best], other]
    assert set(best_of_each([other, *reversed(held)], TODAY)) == {held[best], other}
