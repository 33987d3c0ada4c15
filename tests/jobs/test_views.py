"""The administrators' page of jobs."""

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.db import db, transaction
from lms.jobs import engine, housekeeping, queries
from lms.jobs.engine import State
from lms.jobs.models import Work, WorkerBeat
from lms.jobs.port import SCHEDULES, enqueue
from lms.jobs.running import drain
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.people import queries as people_queries
from lms.people import service as people_service
from tests.conftest import SignIn
from tests.jobs.seeing import all_due, alone
from tests.make import make_user


def kill_a_job() -> int:
    """A job that was given up; the sample's own jobs are gone, for they would run before it."""
    with transaction():
        job_id = enqueue("test.twice")
    alone("test.twice")
    assert job_id is not None
    for _ in range(2):
        drain(limit=1)
        all_due()
    return job_id


def test_it_is_empty_at_first_and_says_what_would_be_there(sign_in: SignIn) -> None:
    shown = sign_in("admin").get("/jobs/?lang=en").text
    assert "No job was given up" in shown
    assert "No worker gave a sign of life" in shown
    assert "Waiting: 18. Running: 0. Given up: 0." in shown


def test_a_dead_job_is_shown_with_its_reason_and_tried_again_by_a_button(
    sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = kill_a_job()
    assert "twice" in caplog.text
    db.session.add(WorkerBeat(name="node:1", seen_at=clock.now()))
    db.session.commit()
    admin = sign_in("admin")
    shown = admin.get("/jobs/?lang=en").text
    assert "RuntimeError: twice" in shown
    assert "test.twice" in shown
    assert "node:1" in shown
    assert "At work" in shown
    address = f"/jobs/dead/{job_id}/retry"
    assert address in shown
    first, second = admin.post(address), admin.post(address)
    assert (first.status_code, second.status_code) == (302, 409)
    job = engine.chosen().job(job_id)
    assert job is not None
    assert (job.state, job.attempts) == (State.WAITING, 0)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "jobs.retried"))
    assert [(e.object_type, e.object_id, e.details) for e in entries] == [
        ("job", job_id, {"name": "test.twice"})
    ]
    assert "RuntimeError: twice" not in admin.get("/jobs/?lang=en").text


@pytest.mark.parametrize("who", ["manager", "registrar", "auditor", "aisyah"])
def test_nobody_else_sees_or_retries(sign_in: SignIn, who: str) -> None:
    visitor = sign_in(who)
    assert visitor.get("/jobs/").status_code == 403
    assert visitor.post("/jobs/dead/1/retry").status_code == 403
    assert "/jobs/" not in visitor.get("/desk").text
    assert "/jobs/" in sign_in("admin").get("/desk").text


def test_a_role_over_a_part_does_not_suffice_for_jobs_that_speak_of_everybody(
    sign_in: SignIn,
) -> None:
    office = people_queries.organisation_by_code("JKM-SEL")
    assert office is not None
    local = make_user("Local", organisation=office)
    people_service.grant_role(local, Role.ADMINISTRATOR, office, by=None)
    db.session.commit()
    visitor = sign_in(local.email)
    assert visitor.get("/jobs/").status_code == 403
    assert visitor.post("/jobs/dead/1/retry").status_code == 403


@pytest.mark.usefixtures("app")
def test_the_night_forgets_what_is_old() -> None:
    assert SCHEDULES["jobs.remove_old"] == "0 2 * * *"
    now = clock.now()
    old, new = now.replace(year=now.year - 1), now
    for moment, name in ((old, "old"), (new, "new")):
        db.session.add(WorkerBeat(name=name, seen_at=moment))
        db.session.add(
            Work(title=name, total=1, done=1, state="done", owner_user_id=None, finished_at=moment)
        )
    db.session.commit()
    housekeeping.remove_old()
    assert [worker.name for worker in queries.workers()] == ["new"]
    titles = select(Work.title).where(Work.title.in_(("old", "new")))
    assert list(db.session.scalars(titles)) == ["new"]
    assert list(db.session.scalars(select(WorkerBeat.name))) == ["new"]
