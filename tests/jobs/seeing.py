"""What the tests ask of jobs on either engine, and how time passes for them."""

from sqlalchemy import text

from lms.db import db, transaction
from lms.jobs import engine
from lms.jobs.engine import Seen
from lms.jobs.port import enqueue
from lms.people import queries as people_queries


def wanted(name: str, **arguments: object) -> int:
    """Enqueue and commit."""
    with transaction():
        made = enqueue(name, **arguments)  # type: ignore[arg-type]
    assert made is not None
    return made


def standing(job_id: int) -> Seen:
    """The job as another connection sees it."""
    db.session.rollback()
    found = engine.chosen().job(job_id)
    db.session.rollback()
    assert found is not None
    return found


def exists(code: str) -> bool:
    """Whether the organisation was made."""
    db.session.rollback()
    return people_queries.organisation_by_code(code) is not None


def all_due() -> None:
    """Time passes until everything that waits is due."""
    statement = "update job set run_at = '2000-01-01 00:00:00' where done_at is null"
    if db.engine.dialect.name == "postgresql":
        statement = "update procrastinate_jobs set scheduled_at = null where status = 'todo'"
    with transaction():
        db.session.execute(text(statement))


def alone(name: str) -> None:
    """Forget all jobs of other names."""
    statement = "delete from job where name <> :name"
    if db.engine.dialect.name == "postgresql":
        statement = "delete from procrastinate_jobs where task_name <> :name"
    with transaction():
        db.session.execute(text(statement), {"name": name})


def all_lost() -> None:
    """Time passes until the workers that hold jobs count as gone."""
    statement = "update job set lease_until = '2000-01-01 00:00:00' where lease is not null"
    if db.engine.dialect.name == "postgresql":
        statement = "update procrastinate_workers set last_heartbeat = now() - interval '1 day'"
    with transaction():
        db.session.execute(text(statement))
