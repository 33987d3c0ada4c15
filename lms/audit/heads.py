"""Signed heads of the chain, kept in files outside the database.

A database that was cut or put back to an earlier state is behind a head that left it before.
``latest.json`` follows each sweep; ``heads.jsonl`` grows by a line an hour, to be carried away.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from lms.audit import keys, merkle, queries
from lms.audit.models import AuditSeal
from lms.web import running

EVERY = timedelta(hours=1)
Head = Mapping[str, Any]
log = logging.getLogger("lms.audit")


def folder() -> Path:
    """Where the heads are kept."""
    return running.settings().heads


def signed(seal: AuditSeal) -> dict[str, Any]:
    """What a seal says, signed so that everybody with the public key can check it."""
    facts = {
        "number": seal.id,
        "at": seal.at.isoformat(),
        "count": seal.count,
        "root": seal.root,
        "mac": seal.mac,
    }
    return {**facts, "signature": keys.head_key().sign(merkle.canonical(facts)).hex()}


def holds(head: Head) -> bool:
    """Whether the signature of a head is ours."""
    facts = {name: value for name, value in head.items() if name != "signature"}
    try:
        signature = bytes.fromhex(head["signature"])
        keys.head_key().public_key().verify(signature, merkle.canonical(facts))
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return True


class TrailCut(Exception):
    """A head that left the database is not in it any more."""


def newest() -> dict[str, Any] | None:
    """The newest head, signed; None without any. Raises TrailCut where the trail is behind one."""
    gone = _cut_off()
    if gone is not None:
        raise TrailCut(f"the audit trail does not hold seal {gone} any more")
    seal = queries.last_seal()
    return signed(seal) if seal is not None else None


def _cut_off() -> object | None:
    # The number of the head in ``latest.json``, when the database does not hold it.
    out = next(_lines(folder() / "latest.json"), None)
    if out is None or queries.mac_of(out.get("number")) == out.get("mac"):
        return None
    return out.get("number") or "?"


def export(*, now: datetime | None = None) -> int | None:
    """Write the newest head out; returns its number, None when there is nothing to write.

    A head that is out and no longer in the database stays where it is: it tells of the cut.
    """
    seal = queries.last_seal()
    latest = folder() / "latest.json"
    out = next(_lines(latest), None)
    gone = _cut_off()
    if gone is not None:
        log.error("the audit trail does not hold seal %s any more", gone)
        return None
    if seal is None:
        return None
    history = folder() / "heads.jsonl"
    due = now is None or not _fresh(history, now)
    if not due and out is not None and out.get("number") == seal.id:
        return None
    folder().mkdir(mode=0o700, exist_ok=True)
    line = json.dumps(signed(seal)).encode() + b"\n"
    if due and _last_number(history) != seal.id:
        _write(history, line, os.O_APPEND)
    draft = folder() / f".latest-{os.getpid()}"
    _write(draft, line, os.O_TRUNC)
    draft.replace(latest)
    return seal.id


def _fresh(history: Path, now: datetime) -> bool:
    written = history.stat().st_mtime if history.exists() else 0.0
    return now.timestamp() - written < EVERY.total_seconds()


def _last_number(history: Path) -> object:
    last: object = None
    for head in _lines(history):
        last = head.get("number")
    return last


def _write(file: Path, line: bytes, how: int) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | how, 0o600)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def exported(*more: Path) -> list[Head]:
    """The heads in our files and in copies that were carried away; a broken line is a bad head."""
    files = (folder() / "heads.jsonl", folder() / "latest.json", *more)
    return [head for file in files for head in _lines(file)]


def _lines(file: Path) -> Iterator[Head]:
    if not file.exists():
        return
    for line in file.read_text("utf-8", errors="replace").splitlines():
        try:
            head = json.loads(line)
        except ValueError:
            head = None
        yield head if isinstance(head, dict) else {}
