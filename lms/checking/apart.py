"""A stranger's PDF is inspected in a process of its own, with limits of time and memory.

What reads and judges it is loaded by ``inspector`` only, which makes a copy of itself for each
file: here it would be half a second of every start of the program.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

PDF_LIMIT = 5 * 1024 * 1024
MEMORY_LIMIT = 512 * 1024 * 1024
# Of the processor (a file of ours takes a tenth of one), and what a busy machine may take beside.
SECONDS = 4
PATIENCE = 20
MODULE = "lms.checking.inspector"

DISTRUSTED = "distrusted"
"""The problem of a file whose signer was ours, and is not believed any more."""
Signature = Literal["ok", "bad", "foreign", "none"]


@dataclass(frozen=True)
class Inspection:
    """What was found in a file.

    ``signature``: ``ok`` ours and covering every byte; ``bad`` ours or claiming to be, but the
    file was altered; ``foreign`` sound, but of a stranger; ``none``. ``problem`` is a code in
    kebab-case, empty when all is well. The credential is whatever the file holds, believed only
    after comparison with the register.
    """

    signature: Signature
    problem: str = ""
    credential: dict[str, Any] | None = None
    serial: str | None = None
    code: str | None = None


def unfit(pdf: bytes) -> Inspection | None:
    """What a look at length and first bytes says; None when the file is worth reading."""
    if len(pdf) > PDF_LIMIT:
        return Inspection("none", "too-large")
    return None if pdf.startswith(b"%PDF-") else Inspection("none", "not-a-pdf")


def inspect_apart(
    pdf: bytes,
    root_pems: Sequence[Path],
    *,
    now: datetime | None = None,
    refused: Collection[str] = (),
) -> Inspection:
    """Inspect in a process of its own, with limits of time and memory.

    ``refused`` are serial numbers of signers, in hexadecimal: their files are a stranger's.

    A crash gives signature ``none`` with problem ``unreadable``; running out of processor
    seconds, or of the patience for them on a busy machine, ``too-slow``.

    Raises:
        FileNotFoundError: a root certificate is absent; that is no fault of the upload.

    """
    roots = [path.read_text("ascii") for path in root_pems]
    seen = unfit(pdf)
    if seen is not None:
        return seen
    order = {
        "at": now and now.isoformat(),
        "patience": SECONDS + PATIENCE,
        "refused": sorted(refused),
        "roots": roots,
        "seconds": SECONDS,
    }
    try:
        answer = _asked(json.dumps(order).encode() + b"\n" + pdf, SECONDS + PATIENCE + 1)
        return Inspection(**json.loads(answer))
    except TimeoutError:
        return Inspection("none", "too-slow")
    except (OSError, ValueError, TypeError, RecursionError):
        return Inspection("none", "unreadable")


def _asked(order: bytes, patience: float) -> bytes:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _hand_over(theirs)
        ours.settimeout(patience)
        ours.sendall(order)
        ours.shutdown(socket.SHUT_WR)
        with ours.makefile("rb") as reply:
            return reply.read()


@dataclass
class _Inspector:
    """The process that waits for files of this one, begun with the first of them."""

    process: subprocess.Popen[bytes]
    door: socket.socket

    @classmethod
    def begin(cls) -> "_Inspector":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # No secret of our environment reaches the process that parses strangers' files.
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", MODULE, str(theirs.fileno())],
                env={"PYTHONPATH": _import_path(), "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        return cls(process, ours)

    def end(self) -> None:
        self.door.close()
        self.process.wait()


_lock = threading.Lock()
_inspectors: dict[int, _Inspector] = {}
"""That of each process by its number: a copy of this process begins one of its own."""


def _hand_over(line: socket.socket) -> None:
    mine = os.getpid()
    with _lock:
        for _ in range(2):
            if mine not in _inspectors:
                _inspectors[mine] = _Inspector.begin()
            try:
                socket.send_fds(_inspectors[mine].door, [b"f"], [line.fileno()])
            except OSError:  # it had nothing to do and went, or was killed
                _inspectors.pop(mine).end()
            else:
                return
    raise BrokenPipeError("no inspector answers")


@atexit.register
def _end() -> None:
    ending = _inspectors.pop(os.getpid(), None)
    if ending is not None:
        ending.end()


def _import_path() -> str:
    return str(Path(__file__).resolve().parents[2])
