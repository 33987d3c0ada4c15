"""Jobs: wanted with the business write, run at least once, given up after five failures."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.db import db, transaction
from lms.jobs import worker
from lms.jobs.models import Job, WorkerBeat
from lms.jobs.port import enqueue
from lms.kernel import clock
from lms.people import queries as people_queries
from tests.jobs.work import BEGAN
from tests.make import NOW, make_organisation, own_app

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def committed(tmp_path: Path) -> Iterator[Flask]:
    with own_app("jobs", tmp_path) as app, app.app_context():
        yield app


def wanted(name: str, **arguments: object) -> int:
    with transaction():
        enqueue(name, **arguments)  # type: ignore[arg-type]
    return db.session.scalars(select(Job.id).order_by(Job.id.desc()).limit(1)).one()


def standing(job_id: int) -> Job:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Job, job_id)


def exists(code: str) -> bool:
    db.session.rollback()
    return people_queries.organisation_by_code(code) is not None


def fail_after_enqueue() -> None:
    with transaction():
        make_organisation("GONE")
        enqueue("test.write", code="NEVER")
        raise ValueError("business")


@pytest.mark.usefixtures("committed")
def test_a_job_is_rolled_back_with_the_business_write() -> None:
    with pytest.raises(ValueError, match="business"):
        fail_after_enqueue()
    assert db.session.scalars(select(Job.id)).all() == []
    assert worker.drain() == 0


@pytest.mark.usefixtures("committed")
def test_a_job_runs_once_and_is_done() -> None:
    job_id = wanted("test.write", code="DONE")
    assert not exists("DONE")
    assert worker.drain() == 1
    job = standing(job_id)
    assert exists("DONE")
    assert job.done_at is not None
    assert (job.attempts, job.lease, job.lease_until, job.dead_at) == (1, None, None, None)
    assert worker.drain() == 0


@pytest.mark.usefixtures("committed")
def test_unknown_jobs_cannot_be_wanted() -> None:
    with pytest.raises(LookupError, match="no job is called"):
        wanted("test.nothing")


@pytest.mark.usefixtures("committed")
def test_the_same_job_is_wanted_once_by_its_key() -> None:
    wanted("test.write", code="ONE", dedupe="key")
    with pytest.raises(IntegrityError):
        wanted("test.write", code="TWO", dedupe="key")
    assert worker.drain() == 1


@pytest.mark.usefixtures("committed")
def test_a_job_waits_for_its_moment_and_the_urgent_go_first() -> None:
    with transaction():
        enqueue("test.write", code="LATER", run_at=clock.now() + timedelta(hours=1))
        enqueue("test.write", code="SECOND", priority=5)
        enqueue("test.write", code="THIRD", priority=5)
        enqueue("test.write", code="FIRST", priority=1)
    order = []
    while claimed := worker.claim():
        order.append(claimed.arguments["code"])
    assert order == ["FIRST", "SECOND", "THIRD"]


def test_a_failure_is_tried_again_later_and_the_fifth_is_final(
    committed: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    del committed
    with time_machine.travel(NOW, tick=False) as traveller:
        job_id = wanted("test.fail", words="no luck")
        for attempt in range(1, 6):
            assert worker.drain() == 1, attempt
            job = standing(job_id)
            assert job.attempts == attempt
            assert job.last_error == "RuntimeError: no luck"
            assert (job.lease, job.done_at) == (None, None)
            wait = (job.run_at - clock.now()).total_seconds()
            assert 2**attempt <= wait <= 2**attempt + 1
            assert (job.dead_at is not None) is (attempt == 5)
            traveller.shift(2**attempt - 1)
            assert worker.drain() == 0
            traveller.shift(2)
        traveller.shift(timedelta(days=30))
        assert worker.drain() == 0
    assert "no luck" in caplog.text


@pytest.mark.usefixtures("committed")
def test_a_failed_run_writes_nothing() -> None:
    job_id = wanted("test.half", code="HALF")
    assert worker.drain() == 1
    assert not exists("HALF")
    assert standing(job_id).last_error == "RuntimeError: halfway"


@pytest.mark.usefixtures("committed")
def test_a_leased_job_is_not_claimed_by_another() -> None:
    wanted("test.write", code="X")
    assert worker.claim() is not None
    assert worker.claim() is None


def test_an_expired_lease_is_claimed_again(committed: Flask) -> None:
    del committed
    with time_machine.travel(NOW, tick=False) as traveller:
        wanted("test.write", code="AGAIN")
        first = worker.claim()
        traveller.shift(worker.LEASE)
        assert worker.claim() is None
        traveller.shift(timedelta(seconds=1))
        second = worker.claim()
    assert first is not None
    assert second is not None
    assert (first.id, second.attempts) == (second.id, 2)
    assert first.lease != second.lease


@pytest.mark.parametrize("name", ["test.write", "test.fail"])
def test_a_lost_lease_neither_finishes_nor_fails_the_job(committed: Flask, name: str) -> None:
    del committed
    arguments = {"code": "LOST"} if name == "test.write" else {"words": "x"}
    with time_machine.travel(NOW, tick=False) as traveller:
        job_id = wanted(name, **arguments)
        slow = worker.claim()
        traveller.shift(worker.LEASE + timedelta(seconds=1))
        quick = worker.claim()
        assert slow is not None
        assert quick is not None
        worker.run(slow)
        job = standing(job_id)
    assert (job.done_at, job.dead_at, job.last_error) == (None, None, None)
    assert (job.lease, job.attempts) == (quick.lease, 2)


@pytest.mark.usefixtures("committed")
def test_a_long_job_renews_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RENEW_SECONDS", 0.05)
    job_id = wanted("test.write", code="LONG")
    claimed = worker.claim()
    assert claimed is not None
    with transaction():
        db.session.execute(update(Job).values(lease_until=clock.now()))
    with worker.renewing(claimed):
        time.sleep(0.5)
    until = standing(job_id).lease_until
    assert until is not None
    assert until > clock.now() + worker.LEASE / 2


@contextmanager
def started(app: Flask, folder: Path, end: signal.Signals) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process, ended by a signal."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-m", "tests.jobs.work", str(folder), url]
    process = subprocess.Popen(command, cwd=CHECKOUT)
    try:
        yield process
    finally:
        process.send_signal(end)
        process.wait(15)


def until(what: str, seconds: float = 30) -> Iterator[None]:
    """Ask again and again, and fail when it takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.1)
    pytest.fail(f"waited in vain for {what}")


def test_a_job_killed_halfway_runs_again(committed: Flask, tmp_path: Path) -> None:
    """A real worker process dies by SIGKILL; another takes the job when the lease is over."""
    job_id = wanted("test.linger", code="KILLED")
    with started(committed, tmp_path, signal.SIGKILL) as first:
        for _ in until("the job to begin"):
            if (tmp_path / f"KILLED.{BEGAN}").exists():
                break
    assert first.returncode == -signal.SIGKILL
    job = standing(job_id)
    assert (job.attempts, job.done_at) == (1, None)
    assert job.lease is not None
    assert not exists("KILLED")
    with transaction():  # time passes
        db.session.execute(update(Job).values(lease_until=clock.now() - timedelta(seconds=1)))
    with started(committed, tmp_path, signal.SIGTERM) as second:
        for _ in until("the job to be done"):
            if standing(job_id).done_at is not None:
                break
    assert second.returncode == 0
    assert exists("KILLED")
    assert standing(job_id).attempts == 2
    assert len(db.session.scalars(select(WorkerBeat)).all()) == 2


def test_a_worker_ends_with_its_parent(committed: Flask) -> None:
    began = time.monotonic()
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        worker.Worker(committed, parent=1 if os.getppid() != 1 else 2).loop()
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert time.monotonic() - began < 5
