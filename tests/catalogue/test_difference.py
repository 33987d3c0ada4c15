"""The words of two texts: nothing is lost, and what did not change is not marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue import difference
from lms.catalogue.difference import Change, Piece, pieces

TEXTS = st.text(alphabet=" \nabA.é", max_size=40)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(p.text for p in found if p.change is not Change.ADDED) == before
    assert "".join(p.text for p in found if p.change is not Change.REMOVED) == after
    assert all(p.text for p in found)
    if before == after:
        assert {p.change for p in found} <= {Change.KEPT}


def test_single_words_are_marked() -> None:
    assert pieces("Write case notes", "Write clear notes") == [
        Piece(Change.KEPT, "Write "),
        Piece(Change.REMOVED, "case"),
        Piece(Change.ADDED, "clear"),
        Piece(Change.KEPT, " notes"),
    ]


def test_texts_too_long_to_compare_are_replaced_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(difference, "LONGEST", 3)
    assert pieces("a b c", "a b d") == [
        Piece(Change.REMOVED, "a b c"),
        Piece(Change.ADDED, "a b d"),
    ]
