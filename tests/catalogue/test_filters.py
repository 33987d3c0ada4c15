"""What is asked for, which offering comes next, and in which order; plain values."""

import pytest

from lms.catalogue.filters import Filters, in_order, next_run, read
from tests.catalogue.plain import DAY, NOW, course, run


def test_the_next_offering_is_the_earliest_that_takes_people() -> None:
    announced, later = run("2027-04-01", opens=NOW + DAY), run("2027-05-01")
    one = course("A", announced, later)
    assert next_run(one, Filters(), NOW) is later
    assert next_run(one, Filters(until="2027-04"), NOW) is announced
    assert next_run(one, Filters(since="2028-01"), NOW) is None


def test_the_list_is_sorted_as_asked_and_by_code_within() -> None:
    late, early = run("2027-09-01"), run("2027-04-01")
    courses = [course("A", early), course("B", early), course("C"), course("D", late)]
    nearness = {courses[2].id: 9, courses[3].id: 1}

    def order(**asked: str) -> str:
        found = in_order(courses, Filters(**asked), "en", NOW, nearness)
        return "".join(each.code for each in found)

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
