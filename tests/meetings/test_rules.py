"""Times add up: inside the session, and once where they overlap."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.enrolment.rules import Mark
from lms.meetings.rules import Seen, Stay, seen, suggested

BEGINS = datetime(2027, 4, 5, 1, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=3)
minute = st.integers(-60, 240)


def stay(joined: int, left: int | None) -> Stay:
    return Stay("", "", at(joined), None if left is None else at(left))


def at(minutes: int) -> datetime:
    return BEGINS + timedelta(minutes=minutes)


@given(st.lists(st.tuples(minute, st.one_of(st.none(), minute)), max_size=8))
def test_it_counts_the_minutes_in_which_somebody_was_there(
    spans: list[tuple[int, int | None]],
) -> None:
    there = {
        minute
        for joined, left in spans
        for minute in range(180)
        if joined <= minute < (180 if left is None else left)
    }
    found = seen([stay(*span) for span in spans], BEGINS, ENDS)
    assert found.minutes == len(there)
    assert found.first == (at(min(there)) if there else None)


@pytest.mark.parametrize(
    ("spans", "mark"),
    [
        ([], Mark("absent")),
        ([(-20, 0)], Mark("absent")),
        ([(180, None)], Mark("absent")),
        ([(-20, 240)], Mark("present")),
        ([(0, 162)], Mark("present")),
        ([(0, 161)], Mark("part", 161)),
        ([(15, 180)], Mark("present")),
        ([(16, None)], Mark("late")),
        ([(0, 90), (30, 60), (95, None)], Mark("present")),
        ([(60, 61)], Mark("part", 1)),
    ],
)
def test_what_the_roll_would_say(spans: list[tuple[int, int | None]], mark: Mark) -> None:
    found = seen([stay(*span) for span in spans], BEGINS, ENDS)
    assert suggested(found, BEGINS, ENDS) == mark


def test_seconds_do_not_lift_anybody() -> None:
    short = Stay("", "", BEGINS, BEGINS + timedelta(seconds=59))
    assert seen([short], BEGINS, ENDS) == Seen(0, BEGINS)
    assert suggested(Seen(0, BEGINS), BEGINS, ENDS) == Mark("absent")
