"""A database of the jobs' own, with real commits, emptied for each test."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, text

from lms.db import db, transaction
from lms.jobs.models import Job, JobFailure, JobKey, Schedule, Work, WorkerBeat
from tests.jobs import work  # noqa: F401  # its jobs register themselves
from tests.make import own_app


@pytest.fixture(scope="module")
def jobs_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with own_app("jobs", tmp_path_factory.mktemp("jobs")) as app:
        yield app


@pytest.fixture
def committed(jobs_app: Flask) -> Iterator[Flask]:
    with jobs_app.app_context():
        with transaction():
            for model in (Job, JobFailure, JobKey, Schedule, Work, WorkerBeat):
                db.session.execute(delete(model))
            db.session.execute(text("delete from organisation"))
            if db.engine.dialect.name == "postgresql":
                db.session.execute(
                    text("truncate procrastinate_jobs, procrastinate_workers cascade")
                )
        yield jobs_app
        db.session.remove()
