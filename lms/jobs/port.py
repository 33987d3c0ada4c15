"""The port of background work: ``@job`` names a function, ``enqueue`` wants it done."""

from collections.abc import Callable
from datetime import datetime

from lms.db import db
from lms.jobs.models import Job
from lms.kernel import clock

JobFunction = Callable[..., None]
REGISTRY: dict[str, JobFunction] = {}


def job(name: str) -> Callable[[JobFunction], JobFunction]:
    """Register an idempotent function; a killed run is run again."""

    def register(function: JobFunction) -> JobFunction:
        REGISTRY[name] = function
        return function

    return register


def enqueue(
    name: str,
    *,
    run_at: datetime | None = None,
    dedupe: str | None = None,
    priority: int = 0,
    **arguments: object,
) -> None:
    """Want a job done, in the caller's transaction; ids and small JSON values only."""
    if name not in REGISTRY:
        raise LookupError(f"no job is called {name}")
    db.session.add(
        Job(
            name=name,
            arguments=arguments,
            run_at=run_at or clock.now(),
            dedupe=dedupe,
            priority=priority,
        )
    )
    db.session.flush()
