"""The languages take turns over the screens, and nothing is looked at in fewer when it is full."""

import pytest

from lms.web.i18n import CODES
from tests.browser import turns
from tests.browser.screens import SCREENS

pytestmark = pytest.mark.browser


def test_neighbours_are_seen_in_all_languages() -> None:
    for place in range(len(SCREENS) - len(CODES) + 1):
        neighbours = range(place, place + len(CODES))
        seen = [lang for each in neighbours for lang in turns.languages(each, "small")]
        assert sorted(seen) == sorted(CODES)


def test_full_means_every_language() -> None:
    assert {turns.languages(place, "full") for place in range(len(SCREENS))} == {tuple(CODES)}
