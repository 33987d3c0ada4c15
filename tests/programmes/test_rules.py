"""What groups ask for, and how far somebody has come."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.programmes.models import Asked
from lms.programmes.rules import Group, Part, fault, offered, progress

D = Decimal


def group(asked: str, least: str | None, *parts: tuple[int, str | None]) -> Group:
    return Group(
        Asked(asked),
        None if least is None else D(least),
        tuple(Part(one, None if credit is None else D(credit)) for one, credit in parts),
    )


CORE = group("all", None, (1, "3"), (2, "3"))
CHOICE = group("courses", "1", (3, "4"), (4, "2"))
CREDITS = group("credits", "5", (5, "2.5"), (6, "2.5"), (7, "1"))


@pytest.mark.parametrize(
    ("one", "done", "met"),
    [
        (CORE, {1}, False),
        (CORE, {1, 2}, True),
        (CHOICE, set(), False),
        (CHOICE, {4}, True),
        (CHOICE, {1, 2}, False),
        (CREDITS, {5, 7}, False),
        (CREDITS, {5, 6}, True),
        (group("all", None), {1}, False),
    ],
)
def test_when_a_group_is_met(one: Group, done: set[int], met: object) -> None:
    assert one.met_by(done) is met


def test_everything_is_complete_with_all_groups_and_enough_credits() -> None:
    groups = [CORE, CHOICE]
    assert progress(groups, D(8), {1, 2, 4}).complete
    short = progress(groups, D(9), {1, 2, 4, 99})
    assert (short.credits, short.met, short.complete) == (D(8), (True, True), False)
    assert short.done == {1, 2, 4}
    assert not progress(groups, D(1), {1, 3, 4}).complete
    assert not progress([], D(0), {1}).complete


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ([CORE, CHOICE, CREDITS], None),
        ([], "programme-without-group"),
        ([CORE, group("all", None)], "programme-group-empty"),
        ([group("all", None, (1, None))], "programme-course-unpublished"),
        ([group("courses", "3", (3, "4"), (4, "2"))], "programme-group-unreachable"),
        ([group("credits", "6.01", (3, "4"), (4, "2"))], "programme-group-unreachable"),
    ],
)
def test_what_nobody_could_meet(groups: list[Group], why: str | None) -> None:
    assert fault(groups) == why


courses = st.lists(st.decimals(D("0.5"), 10, places=2), min_size=1, max_size=5)
groups_ = st.lists(
    st.tuples(st.sampled_from(list(Asked)), st.integers(1, 6), courses), min_size=1, max_size=4
)


@given(groups_, st.sets(st.integers(0, 24)), st.sets(st.integers(0, 24)))
def test_more_courses_never_take_anything_away(
    stated: list[tuple[Asked, int, list[Decimal]]], some: set[int], more: set[int]
) -> None:
    numbers = iter(range(100))
    groups = [
        Group(
            asked,
            None if asked is Asked.ALL else D(least),
            tuple(Part(next(numbers), credit) for credit in credits_),
        )
        for asked, least, credits_ in stated
    ]
    before, after = (progress(groups, D(5), done) for done in (some, some | more))
    assert after.credits >= before.credits
    assert all(now or not then for then, now in zip(before.met, after.met, strict=True))
    assert after.complete or not before.complete
    assert after.credits <= offered(groups)
