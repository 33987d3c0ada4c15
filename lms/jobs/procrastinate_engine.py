"""The engine for PostgreSQL: Procrastinate, fed on the connection of the running transaction.

Here is what happens in a transaction of ours; the library's own worker is in
``procrastinate_worker``. Statements are the library's where it has one, and else read its tables.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from procrastinate import jobs, manager, sql, sync_psycopg_connector
from sqlalchemy import text

from lms.db import db, transaction
from lms.jobs import rules
from lms.jobs.engine import Arguments, Counts, Held, NotOurs, Seen, State
from lms.jobs.models import JobFailure
from lms.jobs.port import tries_of
from lms.jobs.rows import upsert
from lms.kernel import clock

if TYPE_CHECKING:
    from lms.jobs.worker import Worker

QUEUE = "default"
HEARTBEAT_SECONDS = 10.0
STALLED_SECONDS = 30.0
DIED = "its worker died"
UNNOTED = "its end could not be noted"
# Never opened: it only knows how to ask on a connection that it is handed.
_CONNECTOR = sync_psycopg_connector.SyncPsycopgConnector()
_MANAGER = manager.JobManager(_CONNECTOR)
_STATES = {"todo": State.WAITING, "doing": State.RUNNING, "failed": State.DEAD}
_OURS = text(
    "select task_name, attempts from procrastinate_jobs"
    " where id = :id and status = 'doing'"
    " and (cast(:holder as bigint) is null or worker_id = :holder)"
    " for update skip locked"
)
_DOING = text("select id from procrastinate_jobs where status = 'doing' and worker_id = :holder")
_SEEN = (
    "select j.id, j.task_name, j.args, j.status, j.attempts, j.scheduled_at, f.at, f.reason"
    " from procrastinate_jobs j left join job_failure f on f.job_id = j.id"
)
_DEAD = text(_SEEN + " where j.status = 'failed' order by f.at desc nulls last, j.id desc limit :n")
_ONE = text(_SEEN + " where j.id = :id")


def _connection() -> Any:  # noqa: ANN401
    return db.session.connection().connection.driver_connection


def _ask(query: str, **arguments: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _CONNECTOR.execute_query_all_with_connection(
        _connection(),
        sql.queries[query],
        **arguments,
    )
    return rows


def put(name: str, each: Sequence[Arguments], run_at: datetime | None, priority: int) -> list[int]:
    """Defer jobs on the session's connection; the library wakes a worker when it commits."""
    wishes = [
        jobs.Job(
            queue=QUEUE,
            priority=-priority,  # there the higher goes first
            lock=None,
            queueing_lock=None,  # it guards waiting jobs only; JobKey guards for good
            task_name=name,
            task_kwargs=arguments,
            scheduled_at=run_at,
        )
        for arguments in each
    ]
    made = _MANAGER.batch_defer_jobs(wishes, connection=_connection())
    return [int(one.id or 0) for one in made]


@contextmanager
def holding() -> Iterator[str]:
    """Be a worker in the library's books."""
    with transaction():
        (row,) = _ask("register_worker")
    try:
        yield str(row["worker_id"])
    finally:
        with transaction():
            _ask("unregister_worker", worker_id=row["worker_id"])


def take(holder: str) -> Held | None:
    """Fetch the next due job, as the library's worker does."""
    (row,) = _ask("fetch_job", queues=None, worker_id=int(holder))
    if row["id"] is None:
        return None
    return Held(row["id"], row["task_name"], dict(row["args"]), row["attempts"] + 1, holder)


def _ours(held: Held) -> Any:  # noqa: ANN401
    holder = int(held.holder) if held.holder else None
    return db.session.execute(_OURS, {"id": held.id, "holder": holder}).one_or_none()


def finish(held: Held) -> None:
    """It is done, if the library still has it in our name."""
    if _ours(held) is None:
        raise NotOurs
    _ask("finish_job", job_id=held.id, status="succeeded", delete_job=False)


def note(job_id: int, reason: str) -> None:
    """Keep why it failed."""
    upsert(JobFailure, "job_id", job_id=job_id, at=clock.now(), reason=reason)


def fail(held: Held, reason: str, *, final: bool = False) -> None:
    """Try it again later, or never when ``final`` or after its last try."""
    row = _ours(held)
    if row is None:
        return
    note(held.id, reason)
    if final or row.attempts + 1 >= tries_of(row.task_name):
        _ask("finish_job", job_id=held.id, status="failed", delete_job=False)
        return
    _ask(
        "retry_job",
        job_id=held.id,
        retry_at=clock.now() + delay(row.attempts + 1),
        new_priority=-rules.AFTER_FAILURE,  # there the higher goes first
        new_queue_name=None,
        new_lock=None,
    )


def delay(attempt: int) -> Any:  # noqa: ANN401
    """The wait after a failed try."""
    return rules.delay(attempt, secrets.randbelow(1000) / 1000)


def recover(worker: "Worker | None" = None) -> None:
    """Take back the jobs of workers whose heart stopped beating; the lost run counts as a try."""
    if worker is not None and worker.holder:
        _recall(worker)
    stalled = _ask(
        "select_stalled_jobs_by_heartbeat",
        queue=None,
        task_name=None,
        seconds_since_heartbeat=STALLED_SECONDS,
    )
    for row in stalled:
        holder = "" if row["worker_id"] is None else str(row["worker_id"])
        fail(Held(row["id"], row["task_name"], {}, row["attempts"] + 1, holder), DIED)


def _recall(worker: "Worker") -> None:
    # When the connection breaks while the library notes the end of a run, it goes on with the
    # next job, and the heart of its worker beats on: nobody else would ever take this one.
    rows = db.session.execute(_DOING, {"holder": int(worker.holder)})
    forgotten = {row.id for row in rows} - {worker.at_hand_id}
    for job_id in forgotten & worker.suspects:  # seen so for the second time: no mere moment
        fail(Held(job_id, "", {}, 0, worker.holder), UNNOTED)
    worker.suspects = forgotten


def renew(held: Held) -> None:
    """Nothing to do: the library's worker has a heartbeat."""


def retry(job_id: int) -> Seen | None:
    """Let a dead job be tried anew."""
    found = db.session.execute(
        text("select id from procrastinate_jobs where id = :id and status = 'failed' for update"),
        {"id": job_id},
    ).one_or_none()
    if found is None:
        return None
    _ask(
        "retry_job",
        job_id=job_id,
        retry_at=None,
        new_priority=None,
        new_queue_name=None,
        new_lock=None,
    )
    db.session.execute(
        text("update procrastinate_jobs set attempts = 0 where id = :id"), {"id": job_id}
    )
    return job(job_id)


def _seen(row: Any) -> Seen:  # noqa: ANN401
    state = _STATES.get(row.status, State.DONE)
    attempts = row.attempts + (state is State.RUNNING)  # the library counts a try at its end
    reason = None if state is State.DONE else row.reason
    run_at, arguments = row.scheduled_at, dict(row.args)
    return Seen(row.id, row.task_name, arguments, state, attempts, run_at, row.at, reason)


def job(job_id: int) -> Seen | None:
    """One job."""
    row = db.session.execute(_ONE, {"id": job_id}).one_or_none()
    return None if row is None else _seen(row)


def counts() -> Counts:
    """How many there are."""
    found = {row["status"]: row["count"] for row in _ask("count_jobs_status")}
    return Counts(found.get("todo", 0), found.get("doing", 0), found.get("failed", 0))


def dead(limit: int) -> list[Seen]:
    """The jobs that were given up, newest first."""
    return [_seen(row) for row in db.session.execute(_DEAD, {"n": limit})]


def remove_done(days: int) -> None:
    """Forget jobs that were done that long ago, and reasons nobody can ask for any more."""
    statement = sql.queries["delete_old_jobs"]
    statuses = ["succeeded", "cancelled", "aborted"]
    with _connection().cursor() as cursor:
        cursor.execute(statement, {"statuses": statuses, "queue": None, "nb_hours": days * 24})
    db.session.execute(
        text(
            "delete from job_failure f where not exists"
            " (select 1 from procrastinate_jobs j where j.id = f.job_id)"
        )
    )


def work(worker: "Worker") -> None:
    """Run the library's worker."""
    from lms.jobs import procrastinate_worker  # it needs asyncio, which web processes do not

    procrastinate_worker.run(worker)
