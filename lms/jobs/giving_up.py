"""Whoever waits for a job learns that it was given up: after its last try, or with its worker.

The workers look for dead jobs and tell each death once.
"""

from lms.db import db, transaction
from lms.jobs import engine, ticks
from lms.jobs.engine import Seen
from lms.jobs.port import REGISTRY, first_time, happened

MOST = 200
"""So many of the latest are looked at: more do not die between two looks."""


@ticks.every(5.0)
def look() -> None:
    """Tell of the dead jobs that nobody was told of."""
    dead = [each for each in engine.chosen().dead(MOST) if _waits(each)]
    untold = [each for each in dead if not happened(_key(each))]
    db.session.rollback()
    for each in untold:
        _tell(each)


def _waits(seen: Seen) -> bool:
    definition = REGISTRY.get(seen.name)
    return definition is not None and definition.given_up is not None


def _key(seen: Seen) -> str:
    """Of this death: a job that is tried anew by hand may die again."""
    return f"given-up:{seen.id}:{seen.at.isoformat() if seen.at else ''}"


def _tell(seen: Seen) -> None:
    given_up = REGISTRY[seen.name].given_up
    with transaction():
        if given_up is not None and first_time(_key(seen)):
            given_up(**seen.arguments)
