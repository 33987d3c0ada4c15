"""Groups of workers under their supervisor, forked from the drill so that they start at once.

Lost workers are noticed after two seconds and failed jobs come back soon, so that a drill does not
wait. What the control lacks is said where it is taken away.
"""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask

from lms.db import db
from lms.jobs import leased, procrastinate_engine, rules, supervisor
from lms.jobs.port import REGISTRY, Definition
from tests.drills import acts
from tests.drills.staging import Stage, end_with_parent
from tests.jobs.work import bare_app, hasten

WORKERS = 2
MEMORY = 600_000_000
HANGING = "drill.hang"


class Crew:
    """One group of processes with a supervisor and its workers."""

    def __init__(
        self,
        at: Stage,
        prepare: Callable[[], None] = lambda: None,
        make_app: Callable[[Path, str], Flask] = bare_app,
    ) -> None:
        db.session.remove()
        db.engine.dispose()  # no connection may be shared with the group
        self.pid = os.fork()
        if self.pid == 0:
            _be_the_group(at, prepare, make_app)

    def kill(self) -> None:
        """All of them at once, by SIGKILL."""
        os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def stop(self) -> None:
        """As an administrator would; kills what does not end."""
        os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return
            time.sleep(0.05)
        self.kill()


def _be_the_group(
    at: Stage, prepare: Callable[[], None], make_app: Callable[[Path, str], Flask]
) -> None:
    try:
        os.setsid()
        end_with_parent()
        log = os.open(at.folder / "crew.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        hasten()
        supervisor.GRACE_SECONDS = 2.0
        rules.SECOND = timedelta(seconds=0.05)
        prepare()
        if at.options.control:
            _weaken(at.options.name)
        app = make_app(at.folder, at.url)
        supervisor.Supervisor(
            app, count=WORKERS, prepare=lambda: supervisor.limit_memory(MEMORY)
        ).run()
    finally:
        os._exit(0)


def _weaken(drill: str) -> None:
    if drill in {
        "jobs_kill",
        "batch_kill",
        "key_theft",
    }:  # nobody takes back the jobs of lost workers
        leased.LEASE = timedelta(days=1)
        procrastinate_engine.STALLED_SECONDS = 86_400.0
    if drill == "jobs_poison":  # nobody ends a run that lasts too long
        REGISTRY[HANGING] = Definition(acts.hang, rules.TRIES, 3600.0)
