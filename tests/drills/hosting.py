"""The application as ``lms serve`` runs it, gunicorn and worker, for drills that ask over HTTP.

Forked from the drill, so that it starts at once and a control can take a protection away.
"""

import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from lms import create_app, serving, setting_up
from lms.db import db
from tests import prepared
from tests.drills.staging import end_with_parent

Weaken = Callable[[], None]
LOG = "server.log"
FAULTS = 6_000  # characters: what shows a cause, and leaves room for the figures


@dataclass(frozen=True)
class House:
    """A prepared installation, its tables made, that nobody serves yet."""

    app: Flask
    folder: Path
    port: int


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def house(url: str, *, sample: bool = False, **settings: str) -> Iterator[House]:
    """An installation on the database at ``url``; ``settings`` as in the environment."""
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        given = {
            "instance": name,
            "database_url": url,
            "base_url": f"http://127.0.0.1:{port}",
            "proxy_hops": "1",  # each client says from where it comes
            **settings,
        }
        os.environ.update({f"LMS_{key.upper()}": value for key, value in given.items()})
        prepared.fonts(Path(name))
        app = create_app()
        with app.app_context():
            list(setting_up.prepare(sample=sample))
            try:
                yield House(app, Path(name), port)
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def served(at: House, *, worker: bool, weaken: Weaken = lambda: None) -> Iterator[int]:
    """Serve it; gives the id of the process that answers requests."""
    db.session.remove()
    db.engine.dispose()  # no connection may be shared with the server
    master = os.fork()
    if master == 0:
        _serve(at, worker=worker, weaken=weaken)
    try:
        wait_for(at.port)
        yield answering(master)
    finally:
        _stop(master)
        _tell_faults(at.folder / LOG)


def _tell_faults(log: Path) -> None:
    """What went wrong in the server, among what the drill says: the log goes with its folder."""
    found = log.read_text("utf-8", errors="replace")
    first = found.find("Traceback")
    if first >= 0:
        sys.stdout.write(f"the server's log, from its first fault:\n{found[first:][:FAULTS]}\n")


def _serve(at: House, *, worker: bool, weaken: Weaken) -> None:
    try:
        os.setsid()
        end_with_parent()
        log = os.open(at.folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        weaken()
        app = create_app()
        with app.app_context():
            serving.serve(app, "127.0.0.1", at.port, sample=False, with_worker=worker)
    finally:
        os._exit(0)


def wait_for(port: int) -> None:
    """Wait until a server answers on a port; raises TimeoutError after half a minute."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(port)


def answering(master: int) -> int:
    """Of the children of the server the one that is forked from it; the other is the worker.

    Waits for it when it was killed and the server makes another.
    """
    own = Path(f"/proc/{master}/cmdline").read_bytes()
    for _ in range(1000):
        children = Path(f"/proc/{master}/task/{master}/children").read_text("ascii").split()
        for pid in children:
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/cmdline").read_bytes() == own:
                    return int(pid)
        time.sleep(0.01)
    raise TimeoutError(master)


def parent(pid: int) -> int:
    """The process that started another."""
    return int(Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[1])


def _stop(master: int) -> None:
    os.kill(master, signal.SIGINT)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if os.waitpid(master, os.WNOHANG)[0]:
            return
        time.sleep(0.05)
    os.killpg(master, signal.SIGKILL)
    os.waitpid(master, 0)
