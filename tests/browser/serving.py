"""One served sample institute for all test processes of a run: a start costs ten seconds of CPU."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path

from tests import prepared

# Small enough that a page about a file that is too large can be asked for quickly.
UPLOAD_LIMIT = 6_000_000


@dataclass(frozen=True)
class Site:
    """A served sample institute."""

    address: str
    instance: Path


Server = subprocess.Popen[bytes]


@contextmanager
def shared_site(folder: Path) -> Iterator[Site]:
    """The site of this run; whoever comes first starts it, and stops it when all others left."""
    board = folder / "site.address"
    instance = folder / "site"
    server: Server | None = None
    with (folder / "site.door").open("w") as door, (folder / "site.guests").open("w") as guests:
        flock(door, LOCK_EX)
        if not board.exists():
            server, address = _start(instance)
            board.write_text(address)
        flock(guests, LOCK_SH)
        flock(door, LOCK_UN)
        try:
            yield Site(board.read_text(), instance)
        finally:
            flock(guests, LOCK_UN)
            if server is not None:
                flock(door, LOCK_EX)  # who comes now waits, then starts another
                board.unlink()
                flock(guests, LOCK_EX)  # until the last guest has gone
                _stop(server)


@contextmanager
def own_site(instance: Path, **settings: str) -> Iterator[Site]:
    """A site for one test alone, with settings of its own and no worker: nobody waits for one."""
    instance.mkdir(exist_ok=True)
    prepared.institute(instance, f"sqlite:///{instance / 'sijil.sqlite3'}")
    server, address = _start(instance, "--no-worker", LMS_SECRET_KEY=prepared.SECRET, **settings)
    try:
        yield Site(address, instance)
    finally:
        _stop(server)


def _start(instance: Path, *how: str, **settings: str) -> tuple[Server, str]:
    """``lms serve --sample`` as people run it, worker included unless told otherwise, on SQLite."""
    instance.mkdir(exist_ok=True)
    port = _free_port()
    # By a name: passkeys are bound to one.
    address = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "LMS_INSTANCE": str(instance),
        "LMS_BASE_URL": address,
        "LMS_UPLOAD_LIMIT": str(UPLOAD_LIMIT),
        **settings,
    }
    environment.pop("LMS_DATABASE_URL", None)
    command = [sys.executable, "-m", "lms", "serve", "--sample", "--port", str(port), *how]
    with (instance / "server.log").open("ab") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(address + "/healthz", server)
    except BaseException:
        _stop(server)
        raise
    return server, address


def _stop(server: Server) -> None:
    server.send_signal(signal.SIGINT)
    assert server.wait(timeout=120) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: Server) -> None:
    for _ in range(720):  # a crowded machine takes minutes
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  # our own server
                return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(address)
