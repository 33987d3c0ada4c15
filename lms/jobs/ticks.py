"""Small things the worker does again and again between jobs."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from lms.db import db

Beat = Callable[[], None]
log = logging.getLogger("lms.jobs")


@dataclass
class _Tick:
    seconds: float
    function: Beat
    due: float = 0.0


_TICKS: dict[str, _Tick] = {}


def every(seconds: float) -> Callable[[Beat], Beat]:
    """Let the worker call a function about every so many seconds; it must be quick."""

    def register(function: Beat) -> Beat:
        _TICKS[f"{function.__module__}.{function.__qualname__}"] = _Tick(seconds, function)
        return function

    return register


def run_due() -> None:
    """Call what is due, inside an application context; a failure is logged and tried again."""
    for name, tick in _TICKS.items():
        if time.monotonic() < tick.due:
            continue
        tick.due = time.monotonic() + tick.seconds
        try:
            tick.function()
        except Exception:
            log.exception("%s failed", name)
        finally:
            db.session.remove()
