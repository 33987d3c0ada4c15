"""How much memory ``lms worker`` takes while it issues a batch of certificates and prints them.

The program itself is started, as an institute runs it: a supervisor and one worker that is forked
from it. Megabytes of the worker, the most that was seen until a tenth, a half and all of the PDFs
were filed: its part of what it shares with others (proportional), and all that it touches
(resident), which counts the program twice that supervisor and worker share, and font files.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from benchmarks import measuring
from benchmarks.batch import wanted
from lms.certificates.models import Certificate
from lms.db import db
from lms.web.running import settings

PATIENCE_SECONDS = 1800
_LOOK_SECONDS = 0.1
_PART = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_TOUCHED = re.compile(r"^Rss:\s+(\d+) kB", re.MULTILINE)


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    many = asked.pick(small=100, full=5_000)
    with measuring.institute(asked.database) as app, app.app_context():
        before = _filed()
        wanted(many)
        db.session.remove()
        taken = dict(_watch(_start(app), before, many))
    print(f"{many} certificates on {asked.database}")
    for share, (part, touched) in taken.items():
        print(f"{share:>5.0%} filed: at most {part:.0f} MB proportional, {touched:.0f} MB resident")
    figures = {"certificates": many, "megabytes": taken}
    print(json.dumps({"benchmark": "worker", "database": asked.database, **figures}))


def _start(app: Flask) -> subprocess.Popen[bytes]:
    ours = settings()
    environment = {
        **os.environ,
        "LMS_DATABASE_URL": ours.database_url,
        "LMS_INSTANCE": str(ours.instance),
        "LMS_SECRET_KEY": str(app.secret_key),
    }
    command = [sys.executable, "-m", "lms", "worker"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def _watch(
    started: subprocess.Popen[bytes], before: int, many: int
) -> Iterator[tuple[float, tuple[float, float]]]:
    """The most memory until each share of the PDFs was filed; ends the worker."""
    until = time.monotonic() + PATIENCE_SECONDS
    most = (0.0, 0.0)
    try:
        for share in (0.1, 0.5, 1.0):
            while _filed() - before < many * share:
                if time.monotonic() > until or started.poll() is not None:
                    raise SystemExit(f"only {_filed() - before} of {many} PDFs were filed")
                time.sleep(_LOOK_SECONDS)
                with suppress(OSError):  # a child that ended meanwhile
                    for pid in _children(started.pid):
                        part, touched = _memory(pid)
                        most = (max(most[0], part), max(most[1], touched))
            yield share, most
    finally:
        started.terminate()
        started.wait()


def _filed() -> int:
    query = select(func.count()).where(Certificate.pdf_digest.is_not(None))
    number = db.session.scalar(query) or 0
    db.session.remove()
    return number


def _children(pid: int) -> Iterator[int]:
    yield from map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split())


def _memory(pid: int) -> tuple[float, float]:
    said = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    part, touched = _PART.search(said), _TOUCHED.search(said)
    return (int(part[1]) / 1024, int(touched[1]) / 1024) if part and touched else (0.0, 0.0)


if __name__ == "__main__":
    main()
