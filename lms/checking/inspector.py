"""Waits with all that is needed loaded; each file is inspected by a copy, under limits.

``python -m lms.checking.inspector DOOR``, where ``apart`` holds the other end of the socket DOOR.
For each file a socket comes through it. There a line of JSON and the file are read, and a line of
JSON is the answer. To load what reads and judges a PDF takes a second of the processor, a copy a
hundredth. It ends when nobody holds the other end, or nobody asks for ten minutes.
"""

import gc
import json
import logging
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, NoReturn

from cryptography import x509

from lms.checking.apart import MEMORY_LIMIT, PDF_LIMIT, Inspection
from lms.checking.inspection import inspect

IDLE_SECONDS = 600
_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM}


def wait_at(door: socket.socket) -> None:
    """Answer until nobody asks any more."""
    # Nobody waits for a copy: the kernel clears them away.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal; who holds the door ends us
    # What strangers' files lack is told to them, and is no trouble of the server's.
    logging.disable()
    gc.freeze()
    while select.select([door], [], [], IDLE_SECONDS)[0]:
        _, handles, _, _ = socket.recv_fds(door, 1, 1)
        if not handles:
            return
        with socket.socket(fileno=handles[0]) as line:
            _copy(partial(_keep, line))


def _copy(act: Callable[[], None]) -> int:
    """The process of a copy that does this and no more."""
    child = os.fork()
    if child:
        return child
    try:
        act()
    finally:
        os._exit(1)


def _keep(line: socket.socket) -> NoReturn:
    """Wait for the copy that reads the file, and say what became of it when it cannot."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, status = os.waitpid(_copy(partial(_read, line)), 0)
    if status:
        late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in _OUT_OF_TIME
        _say(line, Inspection("none", "too-slow" if late else "unreadable"))
    os._exit(0)


def _read(line: socket.socket) -> NoReturn:
    with line.makefile("rb") as given:
        asked: dict[str, Any] = json.loads(given.readline())
        signal.alarm(asked["patience"])
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"]))
        pdf = given.read(PDF_LIMIT + 1)
    now = datetime.fromisoformat(asked["at"]) if asked["at"] else None
    roots = [x509.load_pem_x509_certificate(each.encode("ascii")) for each in asked["roots"]]
    _say(line, inspect(pdf, roots, now=now, refused=asked["refused"]))
    os._exit(0)


def _say(line: socket.socket, found: Inspection) -> None:
    line.sendall(json.dumps(asdict(found)).encode() + b"\n")


if __name__ == "__main__":
    wait_at(socket.socket(fileno=int(sys.argv[1])))
