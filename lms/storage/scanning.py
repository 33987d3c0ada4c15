"""Quarantine: where a scanner is configured, a new file waits for its word.

Speaks clamd's INSTREAM (clamd(8)): chunks with their length as four bytes, ended by a zero.
"""

import socket
import struct
from contextlib import closing
from datetime import datetime

from sqlalchemy import select

from lms.db import db
from lms.jobs.port import enqueue
from lms.kernel.errors import Conflict
from lms.storage import blobs
from lms.storage.models import FileScan, ScanState
from lms.web import running

SCAN_JOB = "storage.scan"
SECONDS = 60
_CHUNK = 1 << 16


class ScannerSilent(Exception):
    """The scanner gave no verdict; the file stays where it is and is tried again."""


def quarantine(digest: str) -> None:
    """Let a new file wait for the scanner, in the caller's transaction; nothing without one."""
    if not running.settings().clamd:
        return
    known = db.session.scalar(select(FileScan.id).where(FileScan.digest == digest))
    if known is None:
        db.session.add(FileScan(digest=digest))
        db.session.flush()
        enqueue(SCAN_JOB, dedupe=f"{SCAN_JOB}:{digest}", digest=digest)


def release(digest: str) -> bytes:
    """The bytes of a file that may be handed out; raises Conflict while it waits or is infected."""
    state = db.session.scalar(select(FileScan.state).where(FileScan.digest == digest))
    if state == ScanState.WAITING:
        raise Conflict("file-in-quarantine")
    if state == ScanState.INFECTED:
        raise Conflict("file-infected")
    return blobs().get(digest)


def note(digest: str, found: str | None, *, now: datetime) -> None:
    """Keep the scanner's word: what it found, or None for nothing."""
    row = db.session.scalars(select(FileScan).where(FileScan.digest == digest)).one()
    row.state = (ScanState.INFECTED if found else ScanState.CLEAN).value
    row.found, row.scanned_at = found, now


def ask(address: str, data: bytes) -> str | None:
    """The name of what is in the data, None when it is clean; raises ScannerSilent.

    ``address`` is ``host:port`` or the path of a socket.
    """
    try:
        with closing(_connect(address)) as line:
            line.sendall(b"zINSTREAM\x00")
            for start in range(0, len(data), _CHUNK):
                piece = data[start : start + _CHUNK]
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            said = _answer(line)
    except OSError as error:
        raise ScannerSilent(type(error).__name__) from error
    if said == "stream: OK":
        return None
    if said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")[:200]
    raise ScannerSilent(said[:200])


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        line.connect(address)
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\x00") and len(said) < 4096:
        part = line.recv(4096)
        if not part:
            break
        said += part
    return said.rstrip(b"\x00").decode("utf-8", "replace").strip()
