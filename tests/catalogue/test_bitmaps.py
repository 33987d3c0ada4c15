"""Which courses fit, and the counts beside the filters; plain values."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.bitmaps import Index
from lms.catalogue.filters import Candidate, Filters, Run
from tests.catalogue.plain import DAY, NOW, course, run

NAMES = ("kind", "mode", "competency", "place", "language", "seats")


def fits(one: Candidate, filters: Filters) -> bool:
    return Index([one], NOW).fitting(filters) == 1


def counts(courses: list[Candidate], filters: Filters, name: str) -> dict[str, int]:
    index = Index(courses, NOW)
    return index.counts(filters, [name], index.everything())[name]


@pytest.mark.parametrize(
    ("filters", "fitting"),
    [
        (Filters(), True),
        (Filters(kind="short"), True),
        (Filters(kind="event"), False),
        (Filters(mode="hybrid"), False),
        (Filters(language="ms"), True),
        (Filters(language="id"), False),
        (Filters(competency="SWX.AS"), True),
        (Filters(competency="SWX.XX"), False),
        (Filters(place="kuching"), True),
        (Filters(place="kuching", since="2027-04", until="2027-04"), True),
        (Filters(since="2027-05", until="2027-05"), False),
        (Filters(place="sibu", since="2027-06"), True),
        (Filters(place="kuching", since="2027-06"), False),
        (Filters(seats="1"), True),
        (Filters(seats="1", place="sibu"), False),
    ],
)
def test_place_months_and_seats_must_hold_for_one_offering(
    filters: Filters,
    fitting: bool,  # noqa: FBT001  # from the table above
) -> None:
    one = course("A", run(), run("2027-06-07", "Sibu", free=0), competencies=frozenset({"SWX.AS"}))
    assert fits(one, filters) is fitting


def test_an_offering_that_is_not_open_yet_has_no_seat() -> None:
    assert not fits(course("A", run(opens=NOW + DAY)), Filters(seats="1"))


def test_counts_keep_the_other_filters_and_drop_their_own() -> None:
    courses = [
        course("A", kind="short", mode="online"),
        course("B", kind="event", mode="online"),
        course("C", kind="event", mode="hybrid", languages=frozenset({"ms", "en"})),
    ]
    filters = Filters(kind="event", mode="online")
    assert counts(courses, filters, "kind") == {"": 2, "short": 1, "event": 1}
    assert counts(courses, filters, "mode") == {"": 2, "online": 1, "hybrid": 1}
    assert counts(courses, Filters(), "language") == {"": 3, "ms": 3, "en": 1}


def test_counts_of_seats_and_places_look_at_offerings_that_fit() -> None:
    courses = [course("A", run()), course("B", run(free=0), run("2027-07-01", "Sibu"))]
    assert counts(courses, Filters(), "seats") == {"": 2, "1": 2}
    assert counts(courses, Filters(until="2027-05"), "seats") == {"": 2, "1": 1}
    assert counts(courses, Filters(seats="1"), "place") == {"": 2, "kuching": 1, "sibu": 1}


def test_only_courses_that_the_words_meet_are_counted() -> None:
    courses = [course("A"), course("B"), course("C")]
    index = Index(courses, NOW)
    met = index.among([courses[2].id, courses[0].id, 99])
    assert index.courses(met) == [courses[0], courses[2]]
    assert index.counts(Filters(), ["kind"], met) == {"kind": {"": 2, "short": 2}}
    assert index.counts(Filters(), ["kind"], index.among([])) == {"kind": {}}


RUNS = st.builds(
    run,
    st.sampled_from(["2027-04-05", "2027-05-05", "2028-01-05"]),
    st.sampled_from(["Kuching", "Sibu"]),
    free=st.integers(0, 1),
    opens=st.sampled_from([NOW - DAY, NOW + DAY]),
)
COURSES = st.builds(
    course,
    st.text("ABC", min_size=1, max_size=3),
    kind=st.sampled_from(["short", "event"]),
    mode=st.sampled_from(["online", "hybrid"]),
    languages=st.frozensets(st.sampled_from(["ms", "en"]), min_size=1),
    competencies=st.frozensets(st.sampled_from(["X", "X.1"])),
).flatmap(
    lambda one: st.lists(RUNS, max_size=3).map(
        lambda runs: course(
            one.code,
            *runs,
            kind=one.kind,
            mode=one.mode,
            languages=one.languages,
            competencies=one.competencies,
        )
    )
)
ASKED = st.builds(
    Filters,
    kind=st.sampled_from(["", "short", "event"]),
    mode=st.sampled_from(["", "online"]),
    competency=st.sampled_from(["", "X", "X.1"]),
    place=st.sampled_from(["", "kuching", "sibu"]),
    language=st.sampled_from(["", "ms", "en"]),
    since=st.sampled_from(["", "2027-05"]),
    until=st.sampled_from(["", "2027-05"]),
    seats=st.sampled_from(["", "1"]),
)


def is_asked_for(one: Candidate, asked: Filters) -> bool:
    """The same, course by course and offering by offering."""
    own = {
        "kind": (one.kind,),
        "mode": (one.mode,),
        "competency": one.competencies,
        "language": one.languages,
    }
    if any(asked.value(name) not in ("", *has) for name, has in own.items()):
        return False
    needs_run = asked.place or asked.since or asked.until or asked.seats
    return not needs_run or any(_is_asked_for(each, asked) for each in one.runs)


def _is_asked_for(each: Run, asked: Filters) -> bool:
    month = each.starts_on.isoformat()[:7]
    free = each.free > 0 and each.opens_at <= NOW
    in_time = (asked.since or month) <= month <= (asked.until or month)
    return asked.place in ("", each.venue.lower()) and in_time and (free or not asked.seats)


def values(courses: Iterable[Candidate], name: str) -> set[str]:
    """All values that courses or their offerings have."""
    if name in ("kind", "mode"):
        return {getattr(each, name) for each in courses}
    if name == "seats":
        return {"1"}
    if name == "place":
        return {run.venue.lower() for each in courses for run in each.runs}
    several = {"language": "languages", "competency": "competencies"}[name]
    return {value for each in courses for value in getattr(each, several)}


@given(st.lists(COURSES, max_size=5), ASKED)
def test_it_is_as_if_each_course_were_looked_at(courses: list[Candidate], asked: Filters) -> None:
    index = Index(courses, NOW)
    fitting = [each for each in courses if is_asked_for(each, asked)]
    assert index.courses(index.fitting(asked)) == fitting
    for name, found in index.counts(asked, NAMES, index.everything()).items():
        others = asked.without(name)
        wanted = {"": sum(is_asked_for(each, others) for each in courses)}
        for value in values(courses, name):
            one = Filters(**{**vars_of(others), name: value})
            wanted[value] = sum(is_asked_for(each, one) for each in courses)
        assert found == {value: number for value, number in wanted.items() if number}


def vars_of(filters: Filters) -> dict[str, str]:
    """The filters by name."""
    return {name: filters.value(name) for name in filters.active}
