"""The window of an offering, and what a course needs before it is frozen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules import may_enter, may_publish

OPENS = datetime(2027, 1, 4, 16, 0, tzinfo=UTC)
CLOSES = datetime(2027, 1, 31, 15, 59, 59, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "reasons"),
    [
        (OPENS - SECOND, ("offering-not-yet-open",)),
        (OPENS - TICK, ("offering-not-yet-open",)),
        (OPENS, ()),
        (OPENS + SECOND, ()),
        (CLOSES - SECOND, ()),
        (CLOSES, ()),
        (CLOSES + TICK, ("offering-closed",)),
        (CLOSES + SECOND, ("offering-closed",)),
    ],
)
def test_both_ends_of_the_window_are_inside(now: datetime, reasons: tuple[str, ...]) -> None:
    verdict = may_enter("open", OPENS, CLOSES, now)
    assert verdict.reasons == reasons
    assert verdict.ok is (not reasons)


@given(st.sampled_from(["planned", "closed", ""]), st.timedeltas(max_value=timedelta(days=60)))
def test_only_an_open_offering_takes_people(state: str, after: timedelta) -> None:
    try:
        now = OPENS + after
    except OverflowError:
        return
    assert may_enter(state, OPENS, CLOSES, now).reasons == ("offering-not-open",)


@pytest.mark.parametrize(
    ("has_title", "minutes", "certificate", "assessed", "reasons"),
    [
        (True, 1, "competence", 1, ()),
        (True, 1, "competence", 0, ("course-assesses-nothing",)),
        (True, 1, "completion", 0, ()),
        (True, 1, "attendance", 0, ()),
        (False, 1, "attendance", 0, ("course-title-missing",)),
        (True, 0, "attendance", 0, ("course-hours-missing",)),
        (True, -1, "attendance", 0, ("course-hours-missing",)),
        (
            False,
            0,
            "competence",
            0,
            ("course-title-missing", "course-hours-missing", "course-assesses-nothing"),
        ),
    ],
)
def test_what_is_missing_before_publishing(
    has_title: object, minutes: int, certificate: str, assessed: int, reasons: tuple[str, ...]
) -> None:
    verdict = may_publish(
        has_title=bool(has_title), minutes=minutes, certificate=certificate, assessed=assessed
    )
    assert verdict.reasons == reasons
    assert verdict.ok is (not reasons)
