"""The contract of jobs, the same on both engines: what features may rely on."""

import logging
import threading
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.batches import service as batches
from lms.certificates import resigning
from lms.db import db, transaction
from lms.employers import service as employers
from lms.jobs import engine, giving_up, queries, ticks
from lms.jobs.engine import Counts, NotOurs, State
from lms.jobs.models import JobFailure, JobKey
from lms.jobs.port import enqueue, enqueue_each
from lms.jobs.running import drain, run
from lms.jobs.worker import Worker
from lms.kernel import clock
from lms.sheets import service as sheets
from tests.jobs.seeing import all_due, all_lost, exists, standing, wanted
from tests.jobs.work import FORSAKEN
from tests.make import make_organisation

pytestmark = pytest.mark.usefixtures("committed")


def fail_after_enqueue() -> None:
    with transaction():
        make_organisation("GONE")
        enqueue("test.write", code="NEVER", dedupe="never")
        raise ValueError("business")


def counts() -> Counts:
    db.session.rollback()
    return engine.chosen().counts()


def test_a_job_is_rolled_back_with_the_business_write() -> None:
    with pytest.raises(ValueError, match="business"):
        fail_after_enqueue()
    assert counts() == Counts(0, 0, 0)
    assert drain() == 0
    assert wanted("test.write", code="NOW", dedupe="never")  # the key is free again


def test_a_job_runs_once_and_is_done() -> None:
    job_id = wanted("test.write", code="DONE")
    assert standing(job_id).state is State.WAITING
    assert not exists("DONE")
    assert drain() == 1
    job = standing(job_id)
    assert exists("DONE")
    assert (job.state, job.attempts, job.reason) == (State.DONE, 1, None)
    assert (job.name, job.arguments) == ("test.write", {"code": "DONE"})
    assert drain() == 0


def test_unknown_jobs_cannot_be_wanted() -> None:
    with pytest.raises(LookupError, match="no job is called"):
        wanted("test.nothing")


def test_the_same_job_is_wanted_once_by_its_key_and_the_second_harms_nothing() -> None:
    wanted("test.write", code="ONE", dedupe="key")
    with transaction():
        make_organisation("BESIDE")
        assert enqueue("test.write", code="TWO", dedupe="key") is None
        make_organisation("AFTER")
    assert drain() == 1
    with transaction():
        assert enqueue("test.write", code="THREE", dedupe="key") is None  # done, yet once for good
    assert drain() == 0
    assert [exists(code) for code in ("ONE", "BESIDE", "AFTER", "TWO")] == [True, True, True, False]


def test_a_key_wanted_by_two_at_once_gives_one_job(committed: Flask) -> None:
    made: list[int | None] = []
    barrier = threading.Barrier(2)

    def want() -> None:
        with committed.app_context():
            barrier.wait()
            with transaction():
                made.append(enqueue("test.write", code="RACE", dedupe="race"))
            db.session.remove()

    threads = [threading.Thread(target=want) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.count(None) == 1
    assert counts().waiting == 1
    assert db.session.scalar(select(func.count()).select_from(JobKey)) == 1


def test_of_several_wanted_together_each_key_counts_once() -> None:
    known = wanted("test.write", code="KNOWN", dedupe="known")
    wishes = {f"key-{code}": {"code": code} for code in ("ONE", "TWO", "THREE")}
    with transaction():
        enqueue_each("test.write", wishes | {"known": {"code": "AGAIN"}})
        enqueue_each("test.write", wishes)
    found = {key: queries.by_key(key) for key in ("known", *wishes)}
    assert {key: job and job.arguments for key, job in found.items()} == {
        "known": {"code": "KNOWN"},
        **wishes,
    }
    assert found["known"] == standing(known)
    assert drain() == 4
    assert not exists("AGAIN")
    with pytest.raises(LookupError), transaction():
        enqueue_each("test.nothing", wishes)


def test_a_job_waits_for_its_moment_and_the_urgent_go_first() -> None:
    with transaction():
        enqueue("test.write", code="LATER", run_at=clock.now() + timedelta(hours=1))
        enqueue("test.write", code="SECOND", priority=5)
        enqueue("test.write", code="THIRD", priority=5)
        enqueue("test.write", code="FIRST", priority=1)
    order = []
    with engine.chosen().holding() as holder:
        while True:
            with transaction():
                held = engine.chosen().take(holder)
            if held is None:
                break
            order.append(held.arguments["code"])
    assert order == ["FIRST", "SECOND", "THIRD"]


def test_a_failure_is_tried_again_later_and_the_fifth_is_final(
    caplog: pytest.LogCaptureFixture,
) -> None:
    job_id = wanted("test.fail", words="no luck")
    for attempt in range(1, 6):
        before = clock.now()
        assert drain() == 1, attempt
        job = standing(job_id)
        assert (job.attempts, job.reason) == (attempt, "RuntimeError: no luck")
        assert (job.state is State.DEAD) is (attempt == 5)
        if attempt < 5:
            assert job.run_at is not None
            wait = (job.run_at - before).total_seconds()
            assert 2**attempt <= wait <= 2**attempt + 2
        assert drain() == 0
        all_due()
    assert drain() == 0
    assert "no luck" in caplog.text


def test_a_job_may_have_fewer_tries() -> None:
    job_id = wanted("test.twice")
    for state in (State.WAITING, State.DEAD):
        drain()
        assert standing(job_id).state is state
        all_due()


def test_dead_jobs_are_shown_with_their_reason_and_can_be_tried_anew() -> None:
    job_id = wanted("test.twice")
    for _ in range(2):
        drain()
        all_due()
    (dead,) = engine.chosen().dead(10)
    assert (dead.id, dead.name, dead.attempts, dead.reason) == (
        job_id,
        "test.twice",
        2,
        "RuntimeError: twice",
    )
    assert dead.at is not None
    assert counts() == Counts(0, 0, 1)
    with transaction():
        assert engine.chosen().retry(job_id) is not None
        assert engine.chosen().retry(job_id) is None  # a second press
    assert standing(job_id).attempts == 0
    assert drain() == 1
    assert standing(job_id).state is State.WAITING  # its tries begin anew


def test_a_failed_run_writes_nothing() -> None:
    job_id = wanted("test.half", code="HALF")
    assert drain() == 1
    assert not exists("HALF")
    assert standing(job_id).reason == "RuntimeError: halfway"


@pytest.mark.parametrize("flush", [True, False])
def test_a_job_that_writes_outside_a_transaction_fails_and_says_so(*, flush: bool) -> None:
    job_id = wanted("test.outside", code="LOST", flush=flush)
    assert drain() == 1
    job = standing(job_id)
    assert job.reason == "WroteOutside: the job writes outside transaction()"
    assert not exists("LOST")


def test_a_job_that_writes_past_the_session_outside_a_transaction_fails_too() -> None:
    job_id = wanted("test.noted_outside")
    assert drain() == 1
    assert standing(job_id).reason == "WroteOutside: the job writes outside transaction()"
    noted = select(AuditEntry).where(AuditEntry.action == "test.noted")
    assert db.session.scalars(noted).all() == []


def test_what_is_held_is_not_taken_by_another() -> None:
    job_id = wanted("test.write", code="X")
    with engine.chosen().holding() as one, engine.chosen().holding() as other:
        with transaction():
            assert engine.chosen().take(one) is not None
        assert standing(job_id).state is State.RUNNING
        assert counts() == Counts(0, 1, 0)
        with transaction():
            assert engine.chosen().take(other) is None


def lose(job_id: int) -> None:
    """A worker takes the job and is never heard of again."""
    with engine.chosen().holding() as holder:
        with transaction():
            held = engine.chosen().take(holder)
        assert held is not None
        assert held.id == job_id
        all_lost()
        with transaction():
            engine.chosen().recover()


def test_the_job_of_a_lost_worker_runs_again_and_the_loss_counts_as_a_try() -> None:
    job_id = wanted("test.write", code="AGAIN")
    lose(job_id)
    all_due()
    assert drain() == 1
    assert (standing(job_id).state, standing(job_id).attempts) == (State.DONE, 2)


def test_a_job_whose_end_could_not_be_noted_runs_again(committed: Flask) -> None:
    """The database was gone for the moment in which Procrastinate's worker noted the end."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("there the worker ends, and its lease with it")
    forgotten, at_hand = wanted("test.write", code="NOTED"), wanted("test.write", code="HAND")
    worker = Worker(committed)
    with engine.chosen().holding() as holder:
        with transaction():
            first, second = engine.chosen().take(holder), engine.chosen().take(holder)
        assert first is not None
        assert second is not None
        with worker.busy(second):
            for state in (State.RUNNING, State.WAITING):
                with transaction():
                    engine.chosen().recover(worker)
                assert standing(forgotten).state is state
        assert standing(at_hand).state is State.RUNNING
        assert standing(forgotten).reason == "its end could not be noted"


def test_a_job_that_takes_its_worker_down_each_time_dies_with_a_reason() -> None:
    job_id = wanted("test.write", code="KILLER")
    for _ in range(5):
        lose(job_id)
        all_due()
        if db.engine.dialect.name == "sqlite":
            all_lost()
    assert drain() == 0
    job = standing(job_id)
    assert (job.state, job.attempts, job.reason) == (State.DEAD, 5, "its worker died")


@pytest.mark.parametrize("long", [batches, employers, resigning, sheets])
def test_long_work_outlives_the_workers_that_are_killed_over_it(long: ModuleType) -> None:
    """A batch that was killed five times, wherever it stood, was given up in the middle."""
    job_id = wanted(long.WORK_JOB)
    for _ in range(7):
        lose(job_id)
        all_due()
    assert standing(job_id).state is not State.DEAD


@pytest.mark.parametrize("name", ["test.write", "test.fail"])
def test_who_lost_a_job_neither_finishes_nor_fails_it(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    job_id = wanted(name, **({"code": "LOST"} if name == "test.write" else {"words": "x"}))
    with engine.chosen().holding() as slow, engine.chosen().holding() as quick:
        with transaction():
            first = engine.chosen().take(slow)
        all_lost()
        with transaction():
            engine.chosen().recover()
        all_due()
        with transaction():
            second = engine.chosen().take(quick)
        assert first is not None
        assert second is not None
        run(first)
        job = standing(job_id)
        assert (job.state, job.attempts) == (State.RUNNING, 2)
        with transaction():
            engine.chosen().finish(second)
    assert standing(job_id).state is State.DONE
    with pytest.raises(NotOurs), transaction():
        engine.chosen().finish(second)


def test_old_done_jobs_are_removed_and_the_others_stay() -> None:
    done, waiting = wanted("test.write", code="OLD", dedupe="old"), wanted("test.fail", words="")
    drain()
    with transaction():
        engine.chosen().remove_done(30)
    assert standing(done).state is State.DONE
    with transaction():
        engine.chosen().remove_done(-1)
    assert engine.chosen().job(done) is None
    assert standing(waiting).state is State.WAITING
    with transaction():
        assert enqueue("test.write", code="OLD", dedupe="old") is None
    if db.engine.dialect.name == "postgresql":
        assert list(db.session.scalars(select(JobFailure.job_id))) == [waiting]


@pytest.fixture
def chores(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(ticks, "_TICKS", {})
    called: list[str] = []

    @ticks.every(60)
    def broken() -> None:
        called.append("broken")
        raise RuntimeError("broken chore")

    @ticks.every(0)
    def sound() -> None:
        called.append("sound")

    return called


def test_chores_are_called_in_their_time_and_a_broken_one_disturbs_nobody(
    chores: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    ticks.run_due()
    ticks.run_due()
    assert chores == ["broken", "sound", "sound"]
    assert "broken chore" in caplog.text


def test_a_hopeless_job_is_given_up_at_once_with_its_words() -> None:
    job_id = wanted("test.hopeless")
    assert drain() == 1
    job = standing(job_id)
    assert (job.state, job.attempts, job.reason) == (State.DEAD, 1, "nobody of that name")


def test_each_death_of_a_job_is_told_once() -> None:
    job_id = wanted("test.forsaken", words="the sheet")
    wanted("test.hopeless")  # nobody waits for it
    assert FORSAKEN == []
    drain()
    for _ in range(2):
        giving_up.look()
    assert FORSAKEN == ["the sheet"]
    with transaction():
        engine.chosen().retry(job_id)
    giving_up.look()
    drain()
    for _ in range(2):
        giving_up.look()
    assert FORSAKEN == ["the sheet"] * 2
    FORSAKEN.clear()


def test_what_failed_waits_behind_what_has_not() -> None:
    wanted("test.fail", words="poison")
    assert drain() == 1
    all_due()
    wanted("test.write", code="FRESH")
    assert drain(1) == 1
    assert exists("FRESH")
