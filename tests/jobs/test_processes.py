"""Real worker processes, ended by real signals."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.db import db, transaction
from lms.jobs import engine, schedules
from lms.jobs.engine import State
from lms.jobs.models import Schedule, WorkerBeat
from lms.jobs.port import SCHEDULES
from lms.jobs.supervisor import Supervisor
from lms.jobs.worker import Worker
from lms.kernel import clock
from tests.jobs.seeing import all_due, exists, standing, wanted
from tests.jobs.work import BEGAN

pytestmark = pytest.mark.slow
CHECKOUT = Path(__file__).resolve().parents[2]


@contextmanager
def started(
    app: Flask, folder: Path, end: signal.Signals, *how: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A real worker process, ended by a signal."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-m", "tests.jobs.work", str(folder), url, *how]
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
        time.sleep(0.05)
    pytest.fail(f"waited in vain for {what}")


def begun(folder: Path, code: str) -> None:
    for _ in until(f"{code} to begin"):
        if (folder / f"{code}.{BEGAN}").exists():
            return


def test_a_job_killed_halfway_runs_again_and_a_worker_stops_after_its_job(
    committed: Flask, tmp_path: Path
) -> None:
    killed = wanted("test.linger", code="KILLED")
    with started(committed, tmp_path, signal.SIGKILL) as first:
        begun(tmp_path, "KILLED")
    assert first.returncode == -signal.SIGKILL
    assert standing(killed).state in {State.RUNNING, State.WAITING}
    assert not exists("KILLED")
    with started(committed, tmp_path, signal.SIGTERM) as second:
        for _ in until("the killed job to be done"):
            all_due()  # no need to wait for the back-off
            if standing(killed).state is State.DONE:
                break
        slow = wanted("test.slow", code="SLOW")
        begun(tmp_path, "SLOW")
        never = wanted("test.write", code="NEVER")
    assert second.returncode == 0
    assert exists("KILLED")
    assert standing(killed).attempts == 2
    assert standing(slow).state is State.DONE
    assert standing(never).state is State.WAITING
    db.session.rollback()
    beats = db.session.scalars(select(WorkerBeat.seen_at)).all()
    assert len(beats) == 2
    assert all((clock.now() - beat).total_seconds() < 60 for beat in beats)


def test_a_supervisor_gives_back_what_hangs_and_starts_anew(
    committed: Flask, tmp_path: Path
) -> None:
    hanging, next_one = wanted("test.hang"), wanted("test.write", code="NEXT")
    with started(committed, tmp_path, signal.SIGTERM, "supervised") as supervisor:
        for _ in until("the job after the hanging one"):
            if standing(next_one).state is State.DONE:
                break
    assert supervisor.returncode == 0
    job = standing(hanging)
    assert (job.state, job.attempts, job.reason) == (State.DEAD, 1, "it ran longer than it may")


def test_a_worker_and_its_supervisor_end_with_their_parent(committed: Flask) -> None:
    somebody_else = 1 if os.getppid() != 1 else 2
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    began = time.monotonic()
    try:
        Supervisor(committed, parent=somebody_else).run()
        Worker(committed, parent=somebody_else).loop()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert time.monotonic() - began < 10


def test_a_schedule_fires_once_over_two_workers(
    committed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SCHEDULES, "test.twice", "*/5 * * * *")
    schedules.turn()
    assert engine.chosen().counts().waiting == 0
    row = db.session.get_one(Schedule, "test.twice")
    assert row.next_run > clock.now()
    for _ in range(3):  # three nights, two workers each
        with transaction():
            past = clock.now().replace(year=2020)
            db.session.execute(
                update(Schedule).where(Schedule.name == "test.twice").values(next_run=past)
            )
        turn_at_once(committed)
    db.session.rollback()
    assert engine.chosen().counts().waiting == 3
    assert all(moment > clock.now() for moment in db.session.scalars(select(Schedule.next_run)))


def turn_at_once(app: Flask) -> None:
    barrier = threading.Barrier(2)

    def turn() -> None:
        with app.app_context():
            barrier.wait()
            schedules.turn()
            db.session.remove()

    threads = [threading.Thread(target=turn) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
