"""What an engine of jobs does; which one is at work follows from the database."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from lms.db import db

if TYPE_CHECKING:
    from lms.jobs.worker import Worker


Arguments = dict[str, Any]


class State(StrEnum):
    """What has become of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True)
class Held:
    """A job that is ours to run; ``holder`` proves it when we finish."""

    id: int
    name: str
    arguments: Arguments
    attempt: int
    holder: str


@dataclass(frozen=True)
class Seen:
    """A job as people see it."""

    id: int
    name: str
    arguments: Arguments
    state: State
    attempts: int
    run_at: datetime | None
    at: datetime | None
    reason: str | None


@dataclass(frozen=True)
class Counts:
    """How many jobs there are."""

    waiting: int
    running: int
    dead: int


class NotOurs(Exception):
    """Another worker has the job by now; it finishes there, on the same idempotent function."""


class Engine(Protocol):
    """All but ``holding`` and ``work`` act inside the transaction of the caller."""

    def put(
        self, name: str, each: Sequence[Arguments], run_at: datetime | None, priority: int
    ) -> list[int]:
        """Write a job for each of several arguments; returns their ids, in this order."""

    def holding(self) -> AbstractContextManager[str]:
        """Be somebody who may take jobs."""

    def take(self, holder: str) -> Held | None:
        """The next due job, which nobody else gets now."""

    def finish(self, held: Held) -> None:
        """It is done; raises NotOurs."""

    def fail(self, held: Held, reason: str, *, final: bool = False) -> None:
        """Try it again later, or never when ``final`` or after its last try.

        Nothing happens when it is not ours.
        """

    def recover(self, worker: "Worker | None" = None) -> None:
        """Take back the jobs of workers that are gone, and what this one has forgotten."""

    def retry(self, job_id: int) -> Seen | None:
        """Let a dead job be tried anew; None when it is not dead."""

    def job(self, job_id: int) -> Seen | None:
        """One job."""

    def counts(self) -> Counts:
        """How many there are."""

    def dead(self, limit: int) -> list[Seen]:
        """The jobs that were given up, newest first."""

    def remove_done(self, days: int) -> None:
        """Forget jobs that were done that long ago."""

    def work(self, worker: "Worker") -> None:
        """Run jobs until the worker is told to stop."""

    def renew(self, held: Held) -> None:
        """Say that the job is still being run, on a connection of its own."""


def chosen() -> Engine:
    """The engine of the database at work."""
    if db.engine.dialect.name == "postgresql":
        from lms.jobs import procrastinate_engine  # the library is loaded where it is used

        return procrastinate_engine
    from lms.jobs import leased

    return leased
