"""What it costs to sign anew what a stolen key had signed: telling of the theft, then each one.

Milliseconds of processor time of this process, for the first and the second half of the
certificates, so that growth shows; memory is what the process took at most after each. Their PDFs
are made by jobs that cost what ``benchmarks.batch`` says. What is said of more certificates than
were measured is reckoned, not measured.
"""

import json
import resource
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from benchmarks import measuring
from benchmarks.batch import halves, issuing, wanted
from lms.certificates import log_audit, resigning
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate, KeyTheft
from lms.db import db, transaction
from lms.kernel import clock
from lms.transparency import auditing
from lms.web.running import settings

MANY = 100_000


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    many = asked.pick(small=200, full=2_000)
    with measuring.institute(asked.database) as app, app.app_context():
        halves(many, issuing(wanted(many)))
        memory = [_memory()]
        telling = _tell(app)
        first, second = halves(many, _resigning(memory))
        anew, every = _counts()
        report = auditing.audit({})
        log_audit.against(report)
    each = (first + second) / 2
    sound = "sound" if report.sound else "UNSOUND"
    print(f"{many} certificates, {anew} of {every} signed anew, log {sound}")
    print(f"telling {telling:.0f} ms, each {first:.1f}, {second:.1f} ms; memory {memory} MB")
    print(f"reckoned for {MANY:,}: {MANY * each / 60_000:.0f} minutes of the processor")
    figures = {"certificates": many, "telling_ms": telling, "each_ms": [first, second]}
    print(json.dumps({"benchmark": "resign", "database": asked.database, **figures}))


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _tell(app: Flask) -> float:
    """As an administrator tells it; milliseconds."""
    since, began = clock.now().isoformat(), time.process_time()
    command = ["keys", "compromised", "credential", "--since", since, "--yes"]
    done = app.test_cli_runner().invoke(args=command)
    if done.exit_code:
        raise SystemExit(done.output)
    return (time.process_time() - began) * 1000


def _resigning(memory: list[int]) -> Callable[[int], int]:
    theft_id = db.session.scalars(select(KeyTheft.id)).one()

    def some(done: int) -> int:
        with transaction():
            resigning.go_on(theft_id, ring=ring(settings()), now=clock.now())
        if done % 500 == 0:
            memory.append(_memory())
        return resigning.AT_ONCE

    return some


def _counts() -> tuple[int, int]:
    """How many were signed anew, of how many."""
    query = select(func.count(Certificate.resigned_at), func.count())
    anew, every = db.session.execute(query).one()
    return anew, every


if __name__ == "__main__":
    main()
