"""Who is due an award or a transcript; plain values."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.awards.rules import Standing, completed_on, is_due
from lms.programmes.models import Asked
from lms.programmes.rules import Group, Part, progress

WHOLE = Standing("award", settled=True, courses=3, groups_met=True, credits_met=True)
ADMITTED = replace(
    WHOLE,
    admitted=True,
    began_on=date(2024, 1, 15),
    completed_on=date(2026, 1, 14),
    most_months=24,
)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    ("standing", "reasons"),
    [
        (WHOLE, ()),
        (ADMITTED, ()),
        (replace(WHOLE, settled=False), ("programme-being-changed",)),
        (replace(WHOLE, held=True), ("certificate-held",)),
        (replace(WHOLE, groups_met=False), ("programme-group-not-met",)),
        (replace(WHOLE, credits_met=False), ("programme-credits-short",)),
        (replace(ADMITTED, admitted=False), ("programme-not-admitted",)),
        (replace(ADMITTED, completed_on=date(2026, 1, 15)), ("programme-took-too-long",)),
        (replace(ADMITTED, completed_on=date(2026, 1, 15), most_months=None), ()),
        (
            Standing("award", settled=False, courses=0, groups_met=False, credits_met=False,
                     admitted=False, held=True),
            ("programme-being-changed", "certificate-held", "programme-not-admitted",
             "programme-group-not-met", "programme-credits-short"),
        ),
    ],
)  # fmt: skip
def test_an_award_asks_for_the_whole_programme(
    standing: Standing, reasons: tuple[str, ...]
) -> None:
    due = is_due(standing)
    assert (due.ok, due.reasons) == (not reasons, reasons)


def test_a_transcript_asks_for_one_course_and_nothing_else() -> None:
    begun = Standing(
        "transcript", settled=True, courses=1, groups_met=False, credits_met=False, admitted=False
    )
    assert is_due(begun).ok
    assert is_due(replace(begun, courses=0)).reasons == ("programme-no-course-completed",)
    assert is_due(replace(begun, held=True)).reasons == ("certificate-held",)


@st.composite
def programmes(draw: st.DrawFn) -> tuple[list[Group], Decimal]:
    groups, course = [], 0
    for _ in range(draw(st.integers(1, 3))):
        many = draw(st.integers(1, 4))
        parts = tuple(Part(course + n, Decimal(draw(st.integers(0, 5)))) for n in range(many))
        course += many
        asked = draw(st.sampled_from(Asked))
        least = None if asked is Asked.ALL else Decimal(draw(st.integers(1, many)))
        groups.append(Group(asked, least, parts))
    return groups, Decimal(draw(st.integers(0, 12)))


@given(programmes(), st.dictionaries(st.integers(0, 11), DAYS))
def test_it_was_complete_from_one_day_on(
    programme: tuple[list[Group], Decimal], days: dict[int, date]
) -> None:
    groups, least = programme
    found = completed_on(groups, least, days)
    assert (found is not None) is (bool(days) and progress(groups, least, days).complete)
    if found is not None:
        before = {course for course, day in days.items() if day < found}
        assert not before or not progress(groups, least, before).complete
        assert progress(groups, least, {c for c, day in days.items() if day <= found}).complete


@given(programmes(), st.dictionaries(st.integers(0, 11), DAYS, min_size=1), st.integers(0, 11))
def test_a_further_course_never_makes_it_later(
    programme: tuple[list[Group], Decimal], days: dict[int, date], more: int
) -> None:
    groups, least = programme
    found = completed_on(groups, least, days)
    later = {more: max(days.values()) + timedelta(days=30), **days}
    if found is not None:
        assert completed_on(groups, least, later) == found
