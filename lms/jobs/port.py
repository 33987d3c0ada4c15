"""The port of background work: ``@job`` names a function, ``enqueue`` wants it done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from croniter import croniter
from sqlalchemy import update

from lms.db import db, insert_into
from lms.jobs import engine, rules
from lms.jobs.models import JobKey
from lms.jobs.rows import insert_new

JobFunction = Callable[..., None]
LONGEST_RUN = 600.0
LONG_TRIES = 25
"""Of work that is done in pieces and goes on where it stood: whoever kills workers one after the
other, as restarts do, hits the same long run each time, and it is not to blame."""


class Hopeless(Exception):
    """Raised by a job when another try cannot help: it is given up at once, with these words."""


class NotNow(Exception):
    """Raised by a job when what it needs is away for the moment: expected, and tried again."""


@dataclass(frozen=True)
class Definition:
    """A registered job: what runs, how often it is tried, how many seconds a run may last.

    ``given_up`` is told when it was tried for the last time, with the arguments of the job.
    """

    function: JobFunction
    tries: int
    limit: float
    given_up: JobFunction | None = None


REGISTRY: dict[str, Definition] = {}
SCHEDULES: dict[str, str] = {}


def job(
    name: str,
    *,
    tries: int = rules.TRIES,
    limit: float = LONGEST_RUN,
    given_up: JobFunction | None = None,
) -> Callable[[JobFunction], JobFunction]:
    """Register an idempotent function; a killed run is run again.

    It writes inside ``transaction()``. A worker whose run lasts longer than ``limit`` seconds is
    ended, which counts as a failed try. ``given_up`` says, in a transaction, to those who wait
    that it will not go on by itself.
    """

    def register(function: JobFunction) -> JobFunction:
        REGISTRY[name] = Definition(function, tries, limit, given_up)
        return function

    return register


def scheduled(cron: str, name: str) -> Callable[[JobFunction], JobFunction]:
    """Register a job without arguments that is wanted by the clock, once over all nodes.

    ``cron`` has five fields, in the time zone of the pages: ``"0 2 * * *"`` is two at night.
    """
    if not croniter.is_valid(cron):
        raise ValueError(f"{cron} is no schedule")
    SCHEDULES[name] = cron
    return job(name)


def tries_of(name: str) -> int:
    """How often a job is tried; for a name this program does not know, as usual."""
    return REGISTRY[name].tries if name in REGISTRY else rules.TRIES


def enqueue(
    name: str,
    *,
    run_at: datetime | None = None,
    dedupe: str | None = None,
    priority: int = 0,
    **arguments: object,
) -> int | None:
    """Want a job done, in the caller's transaction; ids and small JSON values only.

    A wish with a ``dedupe`` key exists once for good: the second time nothing is enqueued and
    None returned. A lower ``priority`` goes first.
    """
    if name not in REGISTRY:
        raise LookupError(f"no job is called {name}")
    if dedupe is not None and not first_time(dedupe):
        return None
    db.session.flush()
    (job_id,) = engine.chosen().put(name, [arguments], run_at, priority)
    if dedupe is not None:
        db.session.execute(update(JobKey).where(JobKey.key == dedupe).values(job_id=job_id))
    return job_id


def enqueue_each(name: str, wishes: Mapping[str, engine.Arguments]) -> None:
    """Want a job done for each of several arguments, by the key under which it exists once."""
    if name not in REGISTRY:
        raise LookupError(f"no job is called {name}")
    db.session.flush()
    keys = insert_into(JobKey).on_conflict_do_nothing().returning(JobKey.key)
    new = set(db.session.scalars(keys, [{"key": key} for key in wishes]))
    wanted = {key: arguments for key, arguments in wishes.items() if key in new}
    if not wanted:
        return
    ids = engine.chosen().put(name, list(wanted.values()), None, 0)
    noted = [{"key": key, "job_id": one} for key, one in zip(wanted, ids, strict=True)]
    db.session.execute(update(JobKey), noted)


def first_time(key: str) -> bool:
    """Whether something happens for the first time; in the caller's transaction, once for good.

    Another transaction with the same key is waited for, so it is true for one of many nodes.
    """
    return insert_new(JobKey, key=key)


def happened(key: str) -> bool:
    """Whether that is so already."""
    return db.session.get(JobKey, key) is not None
