"""Pages are numbered from one; keys of names and addresses are the same however typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.paging import Page, page_number
from lms.kernel.text import in_language, key


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, 1),
        ("", 1),
        ("1", 1),
        ("2", 2),
        ("0", 1),
        ("-1", 1),
        ("1.5", 1),
        ("007", 7),
        ("999999", 999999),
        ("1000000", 1),
        ("٣", 1),
        ("²", 1),
        (" 3", 1),
        ("3;drop", 1),
    ],
)
def test_the_page_asked_for(text: str | None, number: int) -> None:
    assert page_number(text) == number


@given(st.text())
def test_any_text_gives_a_page(text: str) -> None:
    assert 1 <= page_number(text) <= 999999


@pytest.mark.parametrize(
    ("total", "count"), [(0, 1), (1, 1), (24, 1), (25, 1), (26, 2), (50, 2), (51, 3)]
)
def test_the_last_page_may_be_short(total: int, count: int) -> None:
    assert Page[int]([], total, 1, 25).count == count


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        (" Aminah  BINTI\tAli ", "aminah binti ali"),
        ("STRASSE", "straße"),
        ("ﬁt", "FIT"),
        ("A\u0301", "\u00c1"),
        ("\uff21", "a"),
    ],
)
def test_keys_ignore_case_spaces_and_compositions(typed: str, same: str) -> None:
    assert key(typed) == key(same)


def test_different_names_have_different_keys() -> None:
    assert key("Siti Hajar") != key("Sitihajar")


def test_a_text_falls_back_to_english_then_malay_then_anything() -> None:
    texts = {"ms": "satu", "en": "one", "id": "esa"}
    assert in_language(texts, "id") == "esa"
    assert in_language({"ms": "satu", "en": "one"}, "id") == "one"
    assert in_language({"ms": "satu", "ta": "x"}, "id") == "satu"
    assert in_language({"id": "", "en": "", "ta": "onru"}, "id") == "onru"
    assert in_language({}, "id") == ""
