"""Small chores of every worker: ``@ticks.every(seconds)`` names a function without arguments.

Each worker process calls it about that often, on a thread of its own beside the jobs, inside an
application context. What must happen once over many workers guards itself in the database.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from lms.db import db

Chore = Callable[[], None]
log = logging.getLogger("lms.jobs")


@dataclass
class _Tick:
    chore: Chore
    seconds: float
    due: float = 0.0


_TICKS: dict[str, _Tick] = {}


def every(seconds: float) -> Callable[[Chore], Chore]:
    """Register a chore; registering the same function again replaces it."""

    def register(chore: Chore) -> Chore:
        _TICKS[f"{chore.__module__}.{chore.__qualname__}"] = _Tick(chore, seconds)
        return chore

    return register


def run_due() -> None:
    """Call the chores that are due; one that fails is logged and called again in its time."""
    for name, tick in list(_TICKS.items()):
        if time.monotonic() < tick.due:
            continue
        tick.due = time.monotonic() + tick.seconds
        try:
            tick.chore()
        except Exception:
            log.exception("the chore %s failed", name)
            db.session.rollback()
