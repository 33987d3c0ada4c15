"""The application as ``lms serve`` runs it, asked over HTTP by one kept connection.

The yardsticks of the targets are routes of the same server, whose own work counts for both; the
processor time is that of the process that answers, and the database's.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from flask import Flask

from lms import serving
from lms.db import db
from tests.drills import hosting
from tests.drills.staging import end_with_parent

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Answer:
    """What came back, as far as a benchmark looks at it."""

    status: int
    location: str
    size: int


class Server:
    """A server under way, and the process of it that answers."""

    def __init__(self, port: int, pid: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._clock = ~pid << 3 | 2  # of another process, as clock_getcpuclockid(3) reckons it

    def ask(
        self, method: str, path: str, *, body: str = "", headers: Mapping[str, str] = NOTHING
    ) -> Answer:
        """Send one request and read its answer whole."""
        self._connection.request(method, path, body or None, dict(headers))
        with self._connection.getresponse() as answer:
            size = len(answer.read())
            return Answer(answer.status, answer.headers.get("Location", ""), size)

    def getting(self, path: str, headers: Mapping[str, str] = NOTHING) -> Callable[[], int]:
        """A call that fetches an address; another status than 200 ends the benchmark."""

        def get() -> int:
            answer = self.ask("GET", path, headers=headers)
            if answer.status != 200:
                raise SystemExit(f"{path} answered {answer.status}")
            return answer.size

        return get

    def spent_ms(self) -> float:
        """Milliseconds of processor time of the process that answers, so far."""
        return time.clock_gettime(self._clock) * 1000

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def serving_it(app: Flask) -> Iterator[Server]:
    """Serve an application whose tables are made, until the block is left."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection may be shared with the server
    port, master = hosting.free_port(), os.fork()
    if master == 0:
        _serve(app, port)
    try:
        hosting.wait_for(port)
        server = Server(port, hosting.answering(master))
        yield server
        server.close()
    finally:
        os.kill(master, signal.SIGTERM)
        os.waitpid(master, 0)


def _serve(app: Flask, port: int) -> None:
    try:
        end_with_parent()
        with app.app_context():
            serving.serve(app, "127.0.0.1", port, sample=False, with_worker=False)
    finally:
        os._exit(0)
