"""Entry rules, what an application lacks, and what a committee says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.admissions.rules import Asked, Entry, Given, entry, missing, tally, why_not_decided
from lms.admissions.states import HOLDING, TABLE, Deed, State, after
from lms.kernel.errors import Conflict

ROUTES = {"6": 2, "4": 5}


@pytest.mark.parametrize(
    ("level", "years", "found"),
    [
        (6, 2, Entry.MET),
        (7, 2, Entry.MET),
        (6, 1, Entry.NOT_MET),
        (4, 5, Entry.MET),
        (5, 4, Entry.NOT_MET),
        (3, 40, Entry.NOT_MET),
        (None, None, Entry.NOT_MET),
    ],
)
def test_any_route_will_do(level: int | None, years: int | None, found: Entry) -> None:
    assert entry(ROUTES, level, years) is found
    assert entry({}, level, years) is Entry.OPEN


WHOLE = Given("BSW", 6, 3, "Because", "", 1, 2)
ASKED = Asked(ROUTES, 1, 2)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"level": None}, ["qualification"]),
        ({"qualification": "", "statement": " "}, ["qualification", "statement"]),
        ({"years": 0}, ["plea"]),
        ({"years": 0, "plea": "Ten years of voluntary work"}, []),
        ({"transcripts": 0, "letters": 1}, ["transcripts", "letters"]),
    ],
)
def test_what_is_missing_is_named(change: dict[str, object], found: list[str]) -> None:
    assert missing(ASKED, replace(WHOLE, **change)) == found  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("said", "quorum", "offer", "refusal"),
    [
        ([], 1, "committee-no-quorum", "committee-no-quorum"),
        ([True], 2, "committee-no-quorum", "committee-no-quorum"),
        ([True, True], 2, None, None),
        ([True, False], 2, "committee-no-majority", None),
        ([True, True, False], 3, None, None),
        ([False, False], 2, "committee-no-majority", None),
    ],
)
def test_a_committee_decides_with_quorum_and_majority(
    said: list[bool], quorum: int, offer: str | None, refusal: str | None
) -> None:
    assert why_not_decided(tally(said), quorum, admit=True) == offer
    assert why_not_decided(tally(said), quorum, admit=False) == refusal


levels = st.integers(1, 8)
years = st.integers(0, 40)
routes = st.dictionaries(levels.map(str), years, min_size=1)


@given(routes, levels, years, st.integers(0, 3), st.integers(0, 5))
def test_more_never_takes_the_right_to_enter_away(
    stated: dict[str, int], level: int, practised: int, more: int, longer: int
) -> None:
    if entry(stated, level, practised) is Entry.MET:
        assert entry(stated, level + more, practised + longer) is Entry.MET


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("before", State)
def test_a_deed_leads_only_from_where_the_table_says(deed: Deed, before: State) -> None:
    origins, end = TABLE[deed]
    if before in origins:
        assert after(deed, before) is end
    else:
        with pytest.raises(Conflict, match="application-not-in-state"):
            after(deed, before)


def test_only_an_offer_leads_to_a_place() -> None:
    into = {deed for deed, (origins, end) in TABLE.items() if end in HOLDING and origins - HOLDING}
    assert into == {Deed.OFFER}
