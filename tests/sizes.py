"""How much a run looks at: ``LMS_TEST_SIZE`` is ``small`` unless somebody asks for ``full``."""

import os

SIZES = ("small", "full")
SIZE = os.environ.get("LMS_TEST_SIZE", "small")
if SIZE not in SIZES:
    raise ValueError(f"LMS_TEST_SIZE is one of {SIZES}, not {SIZE}")
