"""Which courses fit, and the counts beside the filters; plain values."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.filters import Candidate, Filters, Run, counts, fits, in_order, next_run, read

NOW = datetime(2027, 3, 10, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def run(
    starts: str = "2027-04-05",
    venue: str = "Kuching",
    *,
    free: int = 3,
    opens: datetime = NOW - DAY,
) -> Run:
    day = date.fromisoformat(starts)
    return Run(1, day, day, venue, "open", opens, NOW + 90 * DAY, 5, free, "")


def course(
    code: str = "A",
    *runs: Run,
    kind: str = "short",
    mode: str = "online",
    languages: frozenset[str] = frozenset({"ms"}),
    competencies: frozenset[str] = frozenset(),
    rank: int | None = 0,
) -> Candidate:
    titles = {"en": f"Title {code}"}
    return Candidate(
        ord(code[0]), code, titles, kind, mode, languages, competencies, 0, tuple(runs), rank
    )


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
    assert fits(one, filters, NOW) is fitting


def test_words_leave_out_what_they_do_not_meet() -> None:
    assert fits(course(rank=7), Filters(q="kes"), NOW)
    assert not fits(course(rank=None), Filters(q="kes"), NOW)


def test_counts_keep_the_other_filters_and_drop_their_own() -> None:
    courses = [
        course("A", kind="short", mode="online"),
        course("B", kind="event", mode="online"),
        course("C", kind="event", mode="hybrid", languages=frozenset({"ms", "en"})),
    ]
    filters = Filters(kind="event", mode="online")
    assert counts(courses, filters, ["kind"], NOW)["kind"] == {"": 2, "short": 1, "event": 1}
    assert counts(courses, filters, ["mode"], NOW)["mode"] == {"": 2, "online": 1, "hybrid": 1}
    assert counts(courses, Filters(), ["language"], NOW)["language"] == {"": 3, "ms": 3, "en": 1}


def test_counts_of_seats_and_places_look_at_offerings_that_fit() -> None:
    courses = [course("A", run()), course("B", run(free=0), run("2027-07-01", "Sibu"))]
    assert counts(courses, Filters(), ["seats"], NOW)["seats"] == {"": 2, "1": 2}
    assert counts(courses, Filters(until="2027-05"), ["seats"], NOW)["seats"] == {"": 2, "1": 1}
    assert counts(courses, Filters(seats="1"), ["place"], NOW)["place"] == {
        "": 2,
        "kuching": 1,
        "sibu": 1,
    }


@given(
    st.lists(
        st.tuples(st.sampled_from(["short", "event"]), st.sampled_from(["online", "hybrid"])),
        max_size=12,
    ),
    st.sampled_from(["", "short", "event"]),
    st.sampled_from(["", "online", "hybrid"]),
)
def test_a_count_is_what_the_list_will_hold(
    sorts: list[tuple[str, str]], kind: str, mode: str
) -> None:
    courses = [course("A", kind=one, mode=two) for one, two in sorts]
    filters = Filters(kind=kind, mode=mode)
    for value, number in counts(courses, filters, ["kind"], NOW)["kind"].items():
        asked = Filters(kind=value, mode=mode)
        assert number == len(in_order(courses, asked, "en", NOW))


def test_the_next_offering_is_the_earliest_that_takes_people() -> None:
    announced, later = run("2027-04-01", opens=NOW + DAY), run("2027-05-01")
    one = course("A", announced, later)
    assert next_run(one, Filters(), NOW) is later
    assert next_run(one, Filters(until="2027-04"), NOW) is announced
    assert next_run(one, Filters(since="2028-01"), NOW) is None


def test_the_list_is_sorted_as_asked_and_by_code_within() -> None:
    late, early = run("2027-09-01"), run("2027-04-01")
    courses = [course("D", late, rank=1), course("C", rank=9), course("B", early)]
    courses.append(course("A", early))

    def order(**asked: str) -> str:
        return "".join(each.code for each in in_order(courses, Filters(**asked), "en", NOW))

    assert order() == "ABDC"
    assert order(sort="title") == "ABCD"
    assert order(q="kes") == "CDAB"
    assert order(q="kes", sort="date") == "ABDC"


def test_an_address_is_read_and_written_back() -> None:
    asked = {"q": "kes", "kind": "short", "from": "2027-03", "place": "Kuching", "seats": "1"}
    filters = read(asked, ["ms"])
    assert filters.address() == {**asked, "place": "kuching"}
    assert filters.active == ["q", "kind", "place", "since", "seats"]
    assert filters.address("since", "q") == {"kind": "short", "place": "kuching", "seats": "1"}


@pytest.mark.parametrize(
    "nonsense",
    [
        {"kind": "x"},
        {"mode": "'"},
        {"language": "tlh"},
        {"from": "2027-13"},
        {"to": "soon"},
        {"seats": "yes"},
        {"sort": "price"},
        {"sort": "near"},
        {"q": "   "},
        {"unknown": "1"},
    ],
    ids=str,
)
def test_nonsense_asks_for_everything(nonsense: dict[str, str]) -> None:
    assert read(nonsense, ["ms"]) == Filters()
