"""``lms worker``: keeps its worker processes running, and gives back the jobs of those that die.

Workers are forked, so a new one is at work at once and shares the memory of the program. The
supervisor has no thread and keeps no connection open, for a fork would carry them along.
"""

import gc
import logging
import os
import resource
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from flask import Flask

from lms.db import db, transaction
from lms.jobs import engine, slate
from lms.jobs.engine import Held
from lms.jobs.worker import TIMED_OUT, Worker

GRACE_SECONDS = 10.0  # for the jobs at hand when told to stop
LOOK_SECONDS = 0.2
SETTLED_SECONDS = 10.0
LONGEST_PAUSE = 10.0
_STOPS = (signal.SIGTERM, signal.SIGINT)
log = logging.getLogger("lms.jobs")


@dataclass
class _Place:
    """One worker process after another."""

    slate: Path
    pid: int | None = None
    began: float = 0.0
    pause: float = 0.0
    owed: list[tuple[Held, str]] = field(default_factory=list)
    """Jobs that died with a worker, until they are given back, and why each did."""


class Supervisor:
    """Keeps ``count`` workers at work; ends with SIGTERM, SIGINT, or its parent process."""

    def __init__(
        self,
        app: Flask,
        *,
        count: int = 1,
        parent: int | None = None,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self.app = app
        self.count = count
        self.parent = parent
        self.prepare = prepare
        self.stopping = False

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """Let the workers finish their jobs, then end."""
        del signum, frame
        self.stopping = True

    def run(self) -> None:
        """Keep the workers running until told to stop."""
        for each in _STOPS:
            signal.signal(each, self.stop)
        with tempfile.TemporaryDirectory() as folder:
            places = [_Place(Path(folder) / f"slate-{number}") for number in range(self.count)]
            while not self.stopping:
                time.sleep(LOOK_SECONDS)
                if self.parent is not None and os.getppid() != self.parent:
                    break
                for place in places:
                    self._look_after(place)
            self._end(places)

    def _look_after(self, place: _Place) -> None:
        if place.pid is None:
            if time.monotonic() >= place.began + place.pause:
                self._give_back(place)
                self._start(place)
            return
        status = _ended(place.pid)
        if status is None:
            return
        place.pid = None
        lived = time.monotonic() - place.began
        place.pause = 0.0 if lived > SETTLED_SECONDS else min(place.pause * 2 + 1, LONGEST_PAUSE)
        if status == TIMED_OUT:
            place.pause = 0.0
        place.began = time.monotonic()
        log.warning("a worker ended with status %s", status)
        self._note_owed(place, _reason(status))
        self._give_back(place)

    def _start(self, place: _Place) -> None:
        slate.wipe(place.slate)
        place.began = time.monotonic()
        supervisor = os.getpid()
        # What is loaded stays common to all: the collector of a worker would write into it.
        gc.collect()
        gc.freeze()
        # A signal between the fork and the worker's own handlers must not be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        place.pid = os.fork()
        if place.pid == 0:
            self._work(place, supervisor)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def _work(self, place: _Place, supervisor: int) -> None:
        status = 1
        try:
            for each in _STOPS:
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
            self.prepare()
            Worker(self.app, parent=supervisor, slate_path=place.slate).loop()
            status = 0
        except Exception:
            log.exception("the worker ended")
        finally:
            logging.shutdown()
            os._exit(status)  # what the supervisor opened is not the worker's to close

    def _note_owed(self, place: _Place, reason: str) -> None:
        held = slate.read(place.slate)
        slate.wipe(place.slate)
        if held is not None:
            place.owed.append((held, reason))

    def _give_back(self, place: _Place) -> None:
        if not place.owed:
            return
        try:
            with self.app.app_context():
                try:
                    with transaction():
                        for held, reason in place.owed:
                            engine.chosen().fail(held, reason)
                finally:
                    db.session.remove()
                    db.engine.dispose()  # a connection would be carried into the next worker
        except Exception:  # the database rests: again before the next start
            log.exception("%s jobs could not be given back yet", len(place.owed))
        else:
            place.owed.clear()

    def _end(self, places: list[_Place]) -> None:
        for place in places:
            if place.pid is not None:
                os.kill(place.pid, signal.SIGTERM)
        until = time.monotonic() + GRACE_SECONDS
        for place in places:
            if place.pid is not None and not _ends_before(place.pid, until):
                os.kill(place.pid, signal.SIGKILL)
                os.waitpid(place.pid, 0)
                self._note_owed(place, "the worker was stopped before it ended")
                self._give_back(place)


def _ended(pid: int) -> int | None:
    """The status of a process that has ended, below zero for a signal."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _ends_before(pid: int, moment: float) -> bool:
    while time.monotonic() < moment:
        if _ended(pid) is not None:
            return True
        time.sleep(0.05)
    return False


def _reason(status: int) -> str:
    if status == TIMED_OUT:
        return "it ran longer than it may"
    if status < 0:
        return f"its worker was ended by {signal.Signals(-status).name}"
    return f"its worker ended with status {status}"


def limit_memory(size: int) -> None:
    """Let a job that wants more memory fail, instead of the machine; 0 sets no limit."""
    if size:
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (size, hard))
