"""Thousands of stories of one offering beside a small model of who should have a seat.

The stories are those of ``tests.enrolment.machine``, more and longer than in the tests. The control
gives nobody the seat that has become free.
"""

import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from lms.db import db
from lms.enrolment import seats
from tests.drills import staging
from tests.drills.hosting import house
from tests.enrolment import machine

# The suites tell shorter stories of the same machine on both databases.
IN_GATE = ("sqlite",)

seen: Counter[str] = Counter()


class Counted(machine.Places):
    """The same stories, counted."""

    @invariant()
    def is_counted(self) -> None:
        """After every deed."""
        seen["steps"] += 1

    def teardown(self) -> None:
        """At the end of a story."""
        seen["stories"] += 1
        seen["tickets"] += self.tickets
        super().teardown()


def _stories(given: staging.Options) -> str:
    """Run them; how the first wrong one went wrong, empty when none did."""
    asked = settings(
        # The control stops at the first story that goes wrong.
        max_examples=2000 if given.full else 20 if given.control else 8,
        stateful_step_count=50 if given.full else 30,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Counted, settings=asked)
    except Exception as error:  # noqa: BLE001  # whatever it was, the figures tell
        traceback.print_exc(limit=-3)
        return repr(error)[:200]
    finally:
        db.session.rollback()
    return ""


def main() -> int:
    """Run the drill."""
    given = staging.options("seat_model")
    if given.control:
        seats.settle = lambda *_given, **_more: []
    began = time.monotonic()
    with TemporaryDirectory() as name, staging.database(given, Path(name)) as url, house(url):
        machine.prepare()
        wrong = _stories(given)
    figures: dict[str, object] = {
        **seen,
        "wrong": wrong,
        "seconds": round(time.monotonic() - began, 1),
    }
    return staging.report(given, figures, {"the model and the database agree": not wrong})


if __name__ == "__main__":
    sys.exit(main())
