"""The rank of an entry from its document as a database stores it; no database."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.search.rules import Field, Weights, rank_of, weights_of
from lms.search.words import sought

TERMS = st.text("abk1 \u0b95\u0645\u8bfe".replace(" ", ""), min_size=1, max_size=4)
ASCII = pytest.mark.parametrize("ascii_only", [True, False], ids=["numbers", "letters"])


@ASCII
@given(st.dictionaries(TERMS, st.integers(1, 300)), st.lists(TERMS, max_size=3))
def test_it_is_as_if_the_document_were_parsed(
    ascii_only: bool,  # noqa: FBT001  # as a database writes it
    stored: dict[str, int],
    asked: list[str],
) -> None:
    weights = Weights(json.dumps(stored, ensure_ascii=ascii_only))
    assert weights.best(asked) == max((stored.get(term, 0) for term in asked), default=0)
    longer = [n for term, n in stored.items() if any(term.startswith(each) for each in asked)]
    assert weights.best_longer(asked) == max(longer, default=0)


@ASCII
def test_a_term_is_met_whole_and_in_its_own_script(
    ascii_only: bool,  # noqa: FBT001  # as a database writes it
) -> None:
    text = weights_of([Field(7, {"ms": "\u0b95\u0bb2\u0bcd\u0bb5\u0bbf anak anakmu"})])
    weights = Weights(json.dumps(text, ensure_ascii=ascii_only))
    assert weights.best(["msw\u0b95\u0bb2\u0bcd\u0bb5\u0bbf"]) == 7
    assert weights.best(["mswanak"]) == 7
    assert weights.best(["mswana"]) == 0
    assert weights.best_longer(["mswana"]) == 7


@pytest.mark.parametrize(
    ("asked", "rank"),
    [("pears", 15), ("peared", 10), ("pea", 5), ("pea ", 0), ("pears apples", 21)],
)
def test_a_word_as_written_counts_three_times_its_stem_twice_a_beginning_once(
    asked: str, rank: int
) -> None:
    stored = weights_of([Field(5, {"en": "Pears"}), Field(2, {"en": "Apples"})])
    query = sought(asked, ("en",))
    assert query is not None
    assert rank_of(Weights(json.dumps(stored)), query) == rank
