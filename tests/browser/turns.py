"""In which languages something is looked at: each in its turn, or all of them.

``LMS_TEST_SIZE`` says which: ``small``, as it is unless somebody asks for more, or ``full``.
"""

import os

from lms.web.i18n import CODES

SIZES = ("small", "full")
SIZE = os.environ.get("LMS_TEST_SIZE", "small")
if SIZE not in SIZES:
    raise ValueError(f"LMS_TEST_SIZE is one of {SIZES}, not {SIZE}")


def languages(place: int, size: str = SIZE) -> tuple[str, ...]:
    """The languages for what stands at this place of a list, the same in every run.

    By the place and not by chance: neighbours differ, so each feature is seen in all languages.
    """
    return tuple(CODES) if size == "full" else (CODES[place % len(CODES)],)
