"""Clashes against a model that looks at each minute, and what a link may be."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.errors import Invalid
from lms.timetable import rules
from lms.timetable.rules import Booking, Kind

BASE = datetime(2027, 4, 5, 1, 0, tzinfo=UTC)


def booking(key: int, begins: int, minutes: int) -> Booking:
    starts = BASE + timedelta(minutes=begins)
    ends = starts + timedelta(minutes=minutes)
    return Booking(Kind.ROOM, key, f"Room {key}", "O-1", {}, 1, starts, ends, "UTC")


BOOKINGS = st.lists(
    st.builds(booking, st.integers(1, 2), st.integers(0, 20), st.integers(1, 10)), max_size=6
)


def minutes(one: Booking) -> set[int]:
    first, last = one.starts_at - BASE, one.ends_at - BASE
    return set(range(int(first.total_seconds()) // 60, int(last.total_seconds()) // 60))


@given(BOOKINGS, BOOKINGS)
def test_those_clash_that_share_a_minute_and_a_room(
    wanted: list[Booking], standing: list[Booking]
) -> None:
    found = rules.clashes(wanted, standing)
    expected = sum(
        mine.key == theirs.key and bool(minutes(mine) & minutes(theirs))
        for mine in wanted
        for theirs in standing
    )
    assert len(found) == expected
    assert all(minutes(each.wanted) & minutes(each.standing) for each in found)


@pytest.mark.parametrize("link", ["", "https://meet.example/a?b=c"])
def test_a_link_by_https_is_taken(link: str) -> None:
    rules.check_link(link)


@pytest.mark.parametrize(
    "link",
    [
        "http://meet.example/a",
        "javascript:alert(1)",
        "https://",
        "https://user:word@meet.example/",
        "https://meet.example/a b",
        "https://meet.example/\u0085",
        "https://[broken/",
        f"https://meet.example/{'a' * 500}",
    ],
)
def test_any_other_is_refused(link: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_link(link)
    assert refused.value.fields == {"link": "session-link"}


def test_a_session_is_on_a_day_of_its_offering_by_the_clock_there() -> None:
    zone, day = ZoneInfo("Asia/Kuala_Lumpur"), date(2027, 4, 5)
    late = datetime(2027, 4, 5, 15, 30, tzinfo=UTC)  # half past eleven at night there
    rules.check_times(late, late + timedelta(hours=1), day, day, zone)
    with pytest.raises(Invalid, match="invalid"):
        rules.check_times(late + timedelta(hours=1), late + timedelta(hours=2), day, day, zone)
    with pytest.raises(Invalid):
        rules.check_times(late, late, day, day, zone)
