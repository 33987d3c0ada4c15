"""Attendance is compared exactly: rounding lifts nobody over a line."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.enrolment.models import Presence
from lms.enrolment.rules import Share, attended

SESSIONS = st.lists(
    st.tuples(st.integers(1, 600), st.sampled_from([None, *(p.value for p in Presence)])),
    max_size=20,
)


@pytest.mark.parametrize(
    ("minutes", "held", "percent", "enough"),
    [
        (2399, 2400, 100, False),
        (2400, 2400, 100, True),
        (1920, 2400, 80, True),
        (1919, 2400, 80, False),
        (359, 360, 100, False),
        (1, 3, 34, False),
        (0, 2400, 0, True),
        (0, 0, 0, False),
        (0, 0, 80, False),
    ],
)
def test_the_share_reaches_a_percentage_or_not(
    minutes: int, held: int, percent: int, enough: object
) -> None:
    assert Share(minutes, held).reaches(percent) is enough


@pytest.mark.parametrize(
    ("minutes", "held", "shown"),
    [(2399, 2400, "100.0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (0, 0, "0")],
)
def test_the_percentage_shown_is_rounded_half_up(minutes: int, held: int, shown: str) -> None:
    assert Share(minutes, held).percent == Decimal(shown)


def test_present_and_late_count_and_nothing_else_does() -> None:
    states = ["present", "late", "absent", "excused", None, "anything"]
    counted = [attended([(60, state)]).attended for state in states]
    assert counted == [60, 60, 0, 0, 0, 0]
    assert attended([(60, state) for state in states]) == Share(120, 360)
    assert attended([]) == Share(0, 0)


@given(SESSIONS)
def test_the_share_is_bounded_and_the_order_does_not_matter(
    sessions: list[tuple[int, str | None]],
) -> None:
    share = attended(sessions)
    assert 0 <= share.attended <= share.held == sum(minutes for minutes, _ in sessions)
    assert attended(reversed(sessions)) == share


@given(SESSIONS, st.integers(0, 100))
def test_being_there_once_more_never_harms(
    sessions: list[tuple[int, str | None]], percent: int
) -> None:
    before = attended(sessions)
    for place in range(len(sessions)):
        better = [*sessions]
        better[place] = (sessions[place][0], Presence.PRESENT)
        after = attended(better)
        assert after.attended >= before.attended
        assert after.reaches(percent) or not before.reaches(percent)
