"""Every group is needed, one line of a group is enough; years are counted in full."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.requirements import Known, full_years, grouped, met, missing


@dataclass(frozen=True)
class Line:
    group_number: int
    kind: str
    course_id: int | None = None
    item_id: int | None = None
    role: str | None = None
    least: int | None = None


SMALL = st.integers(1, 3)
LINES = st.lists(
    st.one_of(
        st.builds(Line, SMALL, st.just("course"), course_id=SMALL),
        st.builds(Line, SMALL, st.just("competency"), item_id=SMALL, least=SMALL),
        st.builds(Line, SMALL, st.just("role"), role=st.sampled_from(["trainer", "registrar"])),
        st.builds(Line, SMALL, st.just("service"), least=SMALL),
    ),
    max_size=6,
)
KNOWN = st.builds(
    Known,
    courses=st.frozensets(SMALL),
    levels=st.dictionaries(SMALL, SMALL),
    roles=st.frozensets(st.sampled_from(["trainer", "registrar"])),
    years=st.integers(0, 4),
)


@given(LINES, KNOWN)
def test_what_is_missing_are_the_groups_without_a_line_that_is_met(
    lines: list[Line], known: Known
) -> None:
    numbers = {line.group_number for line in lines}
    happy = {line.group_number for line in lines if met(line, known)}
    assert {group[0].group_number for group in missing(lines, known)} == numbers - happy
    assert sum(len(group) for group in grouped(lines)) == len(lines)


@given(LINES, KNOWN, KNOWN)
def test_who_has_more_lacks_no_more(lines: list[Line], known: Known, gained: Known) -> None:
    more = Known(
        known.courses | gained.courses,
        {
            item: max(known.levels.get(item, 0), gained.levels.get(item, 0))
            for item in {*known.levels, *gained.levels}
        },
        known.roles | gained.roles,
        max(known.years, gained.years),
    )
    before = missing(lines, known)
    assert all(group in before for group in missing(lines, more))


@given(LINES, KNOWN)
def test_another_way_within_a_group_takes_nothing_away(lines: list[Line], known: Known) -> None:
    if not missing(lines, known) and lines:
        other = Line(lines[0].group_number, "service", least=99)
        assert missing([*lines, other], known) == []


@pytest.mark.parametrize(
    ("since", "today", "years"),
    [
        (None, date(2027, 3, 10), 0),
        (date(2028, 1, 1), date(2027, 3, 10), 0),
        (date(2022, 3, 10), date(2027, 3, 10), 5),
        (date(2022, 3, 11), date(2027, 3, 10), 4),
        (date(2024, 2, 29), date(2027, 2, 28), 2),
        (date(2024, 2, 29), date(2027, 3, 1), 3),
    ],
)
def test_years_of_service_are_full_years(since: date | None, today: date, years: int) -> None:
    assert full_years(since, today) == years
