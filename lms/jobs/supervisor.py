"""``lms worker``: keeps its worker processes running, and gives back the jobs of those that die."""

import logging
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from flask import Flask

from lms.db import db, transaction
from lms.jobs import engine, slate
from lms.jobs.worker import TIMED_OUT

GRACE_SECONDS = 10.0  # for the jobs at hand when told to stop
LOOK_SECONDS = 0.2
SETTLED_SECONDS = 10.0
LONGEST_PAUSE = 30.0
log = logging.getLogger("lms.jobs")


@dataclass
class _Place:
    """One worker process after another."""

    slate: Path
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    pause: float = 0.0


class Supervisor:
    """Starts workers by ``command``; ends with SIGTERM, SIGINT, or its parent process."""

    def __init__(
        self, app: Flask, command: Sequence[str], *, count: int = 1, parent: int | None = None
    ) -> None:
        self.app = app
        self.command = command
        self.count = count
        self.parent = parent
        self.stopping = threading.Event()

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """Let the workers finish their jobs, then end."""
        del signum, frame
        self.stopping.set()

    def run(self) -> None:
        """Keep the workers running until told to stop."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        with tempfile.TemporaryDirectory() as folder:
            places = [_Place(Path(folder) / f"slate-{number}") for number in range(self.count)]
            while not self.stopping.wait(LOOK_SECONDS):
                if self.parent is not None and os.getppid() != self.parent:
                    break
                for place in places:
                    self._look_after(place)
            self._end(places)

    def _look_after(self, place: _Place) -> None:
        if place.process is None:
            if time.monotonic() >= place.began + place.pause:
                self._start(place)
            return
        status = place.process.poll()
        if status is None:
            return
        place.process = None
        lived = time.monotonic() - place.began
        place.pause = 0.0 if lived > SETTLED_SECONDS else min(place.pause * 2 + 1, LONGEST_PAUSE)
        if status == TIMED_OUT:
            place.pause = 0.0
        place.began = time.monotonic()
        log.warning("a worker ended with status %s", status)
        self._give_back(place, _reason(status))

    def _start(self, place: _Place) -> None:
        slate.wipe(place.slate)
        command = [*self.command, "--parent", str(os.getpid()), "--slate", str(place.slate)]
        place.began = time.monotonic()
        place.process = subprocess.Popen(command)  # noqa: S603

    def _give_back(self, place: _Place, reason: str) -> None:
        held = slate.read(place.slate)
        slate.wipe(place.slate)
        if held is None:
            return
        try:
            with self.app.app_context():
                with transaction():
                    engine.chosen().fail(held, reason)
                db.session.remove()
        except Exception:  # its lease or its heartbeat ends, and another worker takes it
            log.exception("job %s could not be given back", held.id)

    def _end(self, places: list[_Place]) -> None:
        running = [place for place in places if place.process is not None]
        for place in running:
            assert place.process is not None  # noqa: S101  # said to mypy; filtered above
            place.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + GRACE_SECONDS
        for place in running:
            assert place.process is not None  # noqa: S101  # the same
            try:
                place.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                place.process.kill()
                place.process.wait()
                self._give_back(place, "the worker was stopped before it ended")


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
