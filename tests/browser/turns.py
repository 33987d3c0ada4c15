"""In which languages something is looked at: each in its turn, or all of them when it is full."""

from lms.web.i18n import CODES
from tests.sizes import SIZE


def languages(place: int, size: str = SIZE) -> tuple[str, ...]:
    """The languages for what stands at this place of a list, the same in every run.

    By the place and not by chance: neighbours differ, so each feature is seen in all languages.
    """
    return tuple(CODES) if size == "full" else (CODES[place % len(CODES)],)
