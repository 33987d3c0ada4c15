"""Hostile files: each is refused with its reason, soon, and without filling the memory.

``--control`` takes every file at its name, as a program would that looks at extensions only.
"""

import resource
import sys
import time

from lms.kernel.errors import Invalid
from lms.storage import uploads
from tests.drills import staging
from tests.storage import hostile

DATABASES = ("sqlite",)  # none is touched
LIMIT = 25_000_000
SECONDS = 5.0
GROWTH = 100_000_000
ROUNDS_OF_FULL = 20


def _by_name_only(file_name: str, data: bytes) -> None:
    extension = file_name.rsplit(".", 1)[-1]
    if not data or len(data) > LIMIT or extension not in uploads.ACCEPTED:
        raise Invalid(fields={"file": "file-type-refused"})


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    """Try them all; 1 when one came in, was told another reason, or took too much."""
    given = staging.options("upload_hostile")
    files = list(hostile.files())
    before, slowest, wrong = _peak(), 0.0, []
    for _ in range(ROUNDS_OF_FULL if given.full else 1):
        for title, name, data, code in files:
            began, said = time.monotonic(), "taken"
            try:
                if given.control:
                    _by_name_only(name, data)
                else:
                    uploads.accept(name, data, limit=LIMIT)
            except Invalid as refused:
                said = refused.fields["file"]
            slowest = max(slowest, time.monotonic() - began)
            if said == "taken" if given.control else said != code:
                wrong.append(f"{title}: {said}")
    growth = _peak() - before
    figures: dict[str, object] = {
        "files": len(files),
        "wrong": sorted(set(wrong)),
        "slowest_seconds": round(slowest, 2),
        "growth_bytes": growth,
    }
    holds = {
        "each refused with its reason": not wrong,
        "soon": slowest < SECONDS,
        "without filling the memory": growth < GROWTH,
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
