"""Attendance is compared exactly: rounding lifts nobody over a line."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.enrolment import rules
from lms.enrolment.models import Presence
from lms.enrolment.rules import Mark, Share, Sitting, attended
from tests.make import NOW

Noted = tuple[int, Mark | None]


def in_a_row(sessions: Iterable[Noted]) -> list[Sitting]:
    """Sessions one after the other, with a minute between them."""
    found, begin = [], NOW
    for minutes, mark in sessions:
        found.append((begin, minutes, mark))
        begin += timedelta(minutes=minutes + 1)
    return found


SESSIONS = st.lists(
    st.tuples(st.integers(1, 600), st.sampled_from([None, *(Mark(p.value, 30) for p in Presence)])),
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
        (0, 0, 0, True),
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
    marks = [Mark("present"), Mark("late"), Mark("absent"), Mark("excused"), None, Mark("anything")]
    counted = [attended(in_a_row([(60, mark)])).attended for mark in marks]
    assert counted == [60, 60, 0, 0, 0, 0]
    assert attended(in_a_row((60, mark) for mark in marks)) == Share(120, 360)
    assert attended([]) == Share(0, 0)


@given(SESSIONS)
def test_the_share_is_bounded_and_the_order_does_not_matter(
    sessions: list[Noted],
) -> None:
    share = attended(in_a_row(sessions))
    assert 0 <= share.attended <= share.held == sum(minutes for minutes, _ in sessions)
    assert attended(reversed(in_a_row(sessions))) == share


@given(SESSIONS, st.integers(0, 100))
def test_being_there_once_more_never_harms(sessions: list[Noted], percent: int) -> None:
    before = attended(in_a_row(sessions))
    for place in range(len(sessions)):
        better = [*sessions]
        better[place] = (sessions[place][0], Mark(Presence.PRESENT))
        after = attended(in_a_row(better))
        assert after.attended >= before.attended
        assert after.reaches(percent) or not before.reaches(percent)


@pytest.mark.parametrize(("minutes", "counted"), [(None, 0), (1, 1), (59, 59), (60, 60), (61, 60)])
def test_a_part_counts_its_minutes_and_no_more_than_the_session(
    minutes: int | None, counted: int
) -> None:
    assert attended(in_a_row([(60, Mark("part", minutes))])).attended == counted


def at(hour: float, hours: float, presence: str | None, minutes: int | None = None) -> Sitting:
    """A session of the first day."""
    mark = Mark(presence, minutes) if presence else None
    return NOW + timedelta(hours=hour), int(hours * 60), mark


@pytest.mark.parametrize(
    ("sittings", "share", "unrecorded"),
    [
        # Two tracks at once: one of them is the whole time.
        ([at(0, 2, "present"), at(0, 2, "absent")], Share(120, 120), 0),
        ([at(0, 2, "present"), at(0, 2, None)], Share(120, 120), 0),
        ([at(0, 2, "absent"), at(0, 2, None)], Share(0, 120), 120),
        ([at(0, 2, "present"), at(0, 2, "present")], Share(120, 120), 0),
        # A workshop beside three talks, of which the second was missed.
        (
            [at(0, 3, "absent"), at(0, 1, "present"), at(1, 1, "absent"), at(2, 1, "late")],
            Share(120, 180),
            0,
        ),
        # Half of a long one, and the end of the other.
        ([at(0, 2, "part", 60), at(1, 1, "present")], Share(90, 120), 0),
        # One after the other is not side by side.
        ([at(0, 2, "present"), at(2, 2, None)], Share(120, 240), 120),
    ],
)
def test_what_is_held_side_by_side_counts_once(
    sittings: list[Sitting], share: Share, unrecorded: int
) -> None:
    found = rules.outlook(sittings, "Asia/Kuala_Lumpur")
    assert (found.share, found.unrecorded) == (share, unrecorded)
    assert attended(sittings) == share


SITTINGS = st.lists(
    st.builds(
        at,
        st.integers(0, 8),
        st.sampled_from([0.5, 1, 2, 3]),
        st.sampled_from([None, "present", "late", "part", "absent"]),
        st.integers(0, 200),
    ),
    max_size=7,
)


@given(SITTINGS, st.integers(0, 6))
def test_no_time_counts_twice_and_a_second_room_never_harms(
    sittings: list[Sitting], which: int
) -> None:
    share = attended(sittings)
    minutes = {
        begin + timedelta(minutes=minute) for begin, held, _ in sittings for minute in range(held)
    }
    assert share.held == len(minutes)
    assert 0 <= share.attended <= share.held
    if which < len(sittings):
        begin, held, _ = sittings[which]
        better = [*sittings, (begin, held, Mark("present"))]
        assert attended(better).held == share.held
        assert attended(better).attended >= max(share.attended, held)


START = datetime(2027, 4, 5, 1, 0, tzinfo=UTC)
END = START + timedelta(hours=3)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [
        (START - timedelta(minutes=30) - SECOND, "check-in-too-early"),
        (START - timedelta(minutes=30), None),
        (END, None),
        (END + SECOND, "check-in-over"),
        (START + timedelta(days=1), "check-in-over"),
    ],
)
def test_the_window_of_checking_in(moment: datetime, refusal: str | None) -> None:
    assert rules.check_in_refusal(START, END, moment) == refusal


def test_who_comes_a_quarter_of_an_hour_after_the_start_is_late() -> None:
    assert rules.presence_at(START, START + timedelta(minutes=15)) is Presence.PRESENT
    assert rules.presence_at(START, START + timedelta(minutes=15) + SECOND) is Presence.LATE


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.integers(0, 200))
def test_a_code_holds_for_its_half_minute_and_the_next(moment: datetime, later: int) -> None:
    step = int(moment.timestamp()) // 30
    code = rules.check_in_code("key", "session", step)
    asked = moment + timedelta(seconds=later)
    holds = int(asked.timestamp()) // 30 in {step, step + 1}
    assert rules.is_check_in_code("key", "session", code, asked) is holds
    typed = f" {code[:3]}-{code[3:]} ".lower().replace("0", "o").replace("1", "l")
    assert rules.is_check_in_code("key", "session", typed, moment)


@given(MOMENTS)
def test_a_code_is_of_one_session_and_one_server(moment: datetime) -> None:
    step = int(moment.timestamp()) // 30
    code = rules.check_in_code("key", "session", step)
    assert len(code) == 6
    others = (("key", "another"), ("other key", "session"))
    assert [rules.check_in_code(*one, step) == code for one in others] == [False, False]
    assert not rules.is_check_in_code("key", "another", code, moment)
    assert not rules.is_check_in_code("key", "session", "", moment)


FIVE_DAYS = [NOW + timedelta(days=day, hours=hour) for day in range(5) for hour in (0, 5)]


def five_days(*marks: str | None) -> rules.Outlook:
    """Five days of two sessions of three hours; one mark a day."""
    noted = [Mark(each) if each else None for each in marks for _ in range(2)]
    sessions = zip(FIVE_DAYS, (180,) * 10, noted, strict=True)
    return rules.outlook(sessions, "Asia/Kuala_Lumpur")


def test_four_of_five_days_are_eighty_percent() -> None:
    found = five_days("present", "late", "present", "present", "absent")
    assert (found.full_days, found.days, found.share.percent) == (4, 5, Decimal(80))
    assert (found.verdict(80), found.lacking(80)) == ("enough", 0)
    assert (found.verdict(81), found.lacking(81)) == ("short", 18)


def test_three_of_five_days_can_still_become_enough() -> None:
    found = five_days("present", "present", "present", "absent", None)
    assert (found.full_days, found.unrecorded, found.lacking(80)) == (3, 360, 360)
    assert found.verdict(80) == "open"
    assert five_days("present", "present", "absent", "absent", None).verdict(80) == "short"
    assert five_days(*[None] * 5).verdict(80) == "open"


def test_a_day_in_part_is_no_full_day() -> None:
    sessions = [(NOW, 180, Mark("present")), (NOW + timedelta(hours=5), 180, Mark("part", 100))]
    found = rules.outlook(sessions, "Asia/Kuala_Lumpur")
    assert (found.full_days, found.days, found.share.attended) == (0, 1, 280)


@given(
    st.lists(
        st.sampled_from(["present", "late", "absent", "excused", None]), min_size=5, max_size=5
    ),
    st.integers(0, 4),
    st.integers(1, 100),
)
def test_to_be_there_never_makes_it_worse(marks: list[str | None], day: int, percent: int) -> None:
    better = [*marks]
    better[day] = "present"
    before, after = five_days(*marks), five_days(*better)
    assert after.lacking(percent) <= before.lacking(percent)
    order = ["short", "open", "enough"]
    assert order.index(after.verdict(percent)) >= order.index(before.verdict(percent))
    assert (after.lacking(percent) == 0) == (after.verdict(percent) == "enough")
