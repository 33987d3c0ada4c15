"""One worker process: runs jobs one after another, with two threads beside them.

The watch touches no database: it ends a run that lasts too long and notices a lost parent. The
pulse writes the sign of life, renews the lease, takes back lost jobs and runs the ticks.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from flask import Flask

from lms.db import db, transaction
from lms.jobs import engine, slate, ticks
from lms.jobs.engine import Held
from lms.jobs.models import WorkerBeat
from lms.jobs.port import LONGEST_RUN, REGISTRY
from lms.jobs.rows import upsert
from lms.kernel import clock

TIMED_OUT = 75
PULSE_SECONDS = 1.0
BEAT_SECONDS = 10.0
RENEW_SECONDS = 20.0
RECOVER_SECONDS = 5.0
WATCH_SECONDS = 0.2
log = logging.getLogger("lms.jobs")


class Worker:
    """Stops after the job at hand on SIGTERM or SIGINT, or when its parent process is gone."""

    def __init__(
        self, app: Flask, *, parent: int | None = None, slate_path: Path | None = None
    ) -> None:
        self.app = app
        self.parent = parent
        self.slate_path = slate_path
        self.name = f"{os.uname().nodename}:{os.getpid()}"
        self.stopping = False  # no Event: its lock might be held where the signal strikes
        self.on_stop: Callable[[], None] = lambda: None
        self.holder = ""
        self.suspects: set[int] = set()
        self._ended = threading.Event()
        self._at_hand: tuple[Held, float] | None = None
        self._due: dict[str, float] = {}

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the job at hand, then end."""
        del signum, frame
        self.stopping = True  # the watch tells the engine

    def loop(self) -> None:
        """Run jobs until told to stop."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        watch = threading.Thread(target=self._watch, daemon=True)
        pulse = threading.Thread(target=self._pulse, daemon=True)
        watch.start()
        pulse.start()
        try:
            with self.app.app_context():
                engine.chosen().work(self)
        finally:
            self._ended.set()
            pulse.join(timeout=5)

    @contextmanager
    def busy(self, held: Held) -> Iterator[None]:
        """Note which job is at hand, in memory and where the supervisor reads it."""
        limit = REGISTRY[held.name].limit if held.name in REGISTRY else LONGEST_RUN
        self.holder = held.holder
        slate.write(self.slate_path, held)
        self._due["renew"] = time.monotonic() + RENEW_SECONDS
        self._at_hand = (held, time.monotonic() + limit)
        try:
            yield
        finally:
            self._at_hand = None
            slate.wipe(self.slate_path)

    @property
    def at_hand_id(self) -> int | None:
        """The job that is being run."""
        return None if self._at_hand is None else self._at_hand[0].id

    def _watch(self) -> None:
        while not self._ended.wait(WATCH_SECONDS):
            at_hand = self._at_hand
            if at_hand is not None and time.monotonic() > at_hand[1]:
                # Nothing ends a thread that hangs but the end of its process; its transaction is
                # rolled back with it, and the supervisor gives the job back.
                os.write(2, f"job {at_hand[0].id} ran too long; the worker ends\n".encode())
                os._exit(TIMED_OUT)
            if self.parent is not None and os.getppid() != self.parent:
                self.stopping = True
            if self.stopping:
                self.on_stop()

    def _pulse(self) -> None:
        while True:
            try:
                with self.app.app_context():
                    self._chores()
            except Exception:
                log.exception("the pulse of the worker faltered")
            if self._ended.wait(PULSE_SECONDS):
                return

    def _chores(self) -> None:
        at_hand = self._at_hand
        if at_hand is not None and self._is_due("renew", RENEW_SECONDS):
            engine.chosen().renew(at_hand[0])
        if self._is_due("beat", BEAT_SECONDS):
            with transaction():
                upsert(WorkerBeat, "name", name=self.name, seen_at=clock.now())
        if self._is_due("recover", RECOVER_SECONDS):
            with transaction():
                engine.chosen().recover(self)
        ticks.run_due()
        db.session.remove()

    def _is_due(self, chore: str, seconds: float) -> bool:
        if time.monotonic() < self._due.get(chore, 0.0):
            return False
        self._due[chore] = time.monotonic() + seconds
        return True
