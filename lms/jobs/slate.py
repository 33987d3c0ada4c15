"""Where a worker writes which job it has at hand, so that its supervisor can give it back."""

import json
from pathlib import Path

from lms.jobs.engine import Held


def write(path: Path | None, held: Held) -> None:
    """Before the run."""
    if path is not None:
        path.write_text(json.dumps([held.id, held.name, held.attempt, held.holder]), "utf-8")


def wipe(path: Path | None) -> None:
    """After the run."""
    if path is not None:
        path.write_bytes(b"")


def read(path: Path) -> Held | None:
    """What a dead worker left; None when it was idle, or died while it wrote."""
    try:
        job_id, name, attempt, holder = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return Held(job_id, name, {}, attempt, holder)
