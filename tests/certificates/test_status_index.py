"""Two certificates never share a place in the status list, whatever chance says."""

import secrets
from collections.abc import Iterator

import pytest

from lms.certificates.service import STATUS_BITS, StatusListFull
from tests.certificates.awards import attended_place, issue


@pytest.mark.usefixtures("app")
def test_a_taken_index_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = issue(attended_place())
    fresh = (first.status_index + 1) % STATUS_BITS
    draws: Iterator[int] = iter([first.status_index, first.status_index, fresh])
    monkeypatch.setattr(secrets, "randbelow", lambda _limit: next(draws))
    second = issue(attended_place())
    assert second.status_index == fresh
    assert second.credential["credentialStatus"]["statusListIndex"] == str(fresh)


@pytest.mark.usefixtures("app")
def test_a_full_list_is_told_and_not_searched_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, place = issue(attended_place()).status_index, attended_place()
    monkeypatch.setattr(secrets, "randbelow", lambda _limit: taken)
    with pytest.raises(StatusListFull):
        issue(place)
