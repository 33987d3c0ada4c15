"""Procrastinate's own worker over our functions: woken by notification, one job at a time."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import procrastinate
from procrastinate import jobs, retry
from procrastinate import worker as library
from procrastinate.job_context import JobContext
from sqlalchemy.engine import make_url

from lms.db import db, transaction
from lms.jobs import procrastinate_engine as ours
from lms.jobs import rules, running
from lms.jobs.engine import Held
from lms.jobs.port import REGISTRY, Hopeless
from lms.kernel import clock

if TYPE_CHECKING:
    from lms.jobs.worker import Worker

POLL_SECONDS = 0.5  # for jobs whose moment has come: only new ones ring the bell


class _Again(retry.BaseRetryStrategy):
    def __init__(self, tries: int) -> None:
        self.tries = tries

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> retry.RetryDecision | None:
        attempt = job.attempts + 1
        if attempt >= self.tries or isinstance(exception, Hopeless):
            return None
        return retry.RetryDecision(
            retry_at=clock.now() + ours.delay(attempt), priority=-rules.AFTER_FAILURE
        )


def run(worker: "Worker") -> None:
    """Work until the worker is told to stop; raises when the database goes away."""
    url = make_url(worker.app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    connector = procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False), min_size=1, max_size=4
    )
    app = procrastinate.App(connector=connector)
    for name, definition in REGISTRY.items():
        again = _Again(definition.tries)
        app.task(name=name, pass_context=True, retry=again)(_function(worker))
    asyncio.run(_work(app, worker))


def _function(worker: "Worker") -> Callable[..., None]:
    def perform(context: JobContext, **arguments: object) -> None:
        job = context.job
        held = Held(
            int(job.id or 0), job.task_name, arguments, job.attempts + 1, str(job.worker_id)
        )
        with worker.app.app_context(), worker.busy(held):
            try:
                running.perform(held)
            except Exception as error:
                # The library decides what comes next, but keeps no reasons.
                db.session.rollback()
                with transaction():
                    ours.note(held.id, running.reason_of(error))
                raise

    return perform


async def _work(app: procrastinate.App, worker: "Worker") -> None:
    loop = asyncio.get_running_loop()
    async with app.open_async():
        at_work = library.Worker(
            app,
            concurrency=1,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=ours.HEARTBEAT_SECONDS,
            stalled_worker_timeout=ours.STALLED_SECONDS,
            install_signal_handlers=False,
        )

        def stop() -> None:
            with suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(at_work.stop)

        worker.on_stop = stop
        await at_work.run()  # type: ignore[no-untyped-call]  # of the library
