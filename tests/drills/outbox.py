"""Kill a process at random points around a decision: what was decided is what is done.

The control enqueues after the commit, as with a queue outside the database.
"""

import os
import random
import signal
import sys
import time
from collections import Counter

from sqlalchemy import text

from lms.db import db, transaction
from lms.jobs.port import enqueue
from lms.jobs.running import drain
from tests.drills import acts, staging
from tests.jobs.work import bare_app

POINTS = ("before", "decided", "enqueued", "committed")
EACH = 3


def _fail_at(here: str, point: str) -> None:
    if here == point:
        os.kill(os.getpid(), signal.SIGKILL)


def _decide(number: int, point: str, *, control: bool) -> None:
    with transaction():
        _fail_at("before", point)
        db.session.execute(
            text("insert into drill_decision (number, taken) values (:n, 0)"), {"n": number}
        )
        _fail_at("decided", point)
        if not control:
            enqueue(acts.CERTIFICATE, number=number)
            _fail_at("enqueued", point)
    _fail_at("committed", point)
    if control:
        with transaction():
            enqueue(acts.CERTIFICATE, number=number)
            _fail_at("enqueued", point)


def _clerk(at: staging.Stage, first: int, points: list[str]) -> None:
    app = bare_app(at.folder, at.url)
    with app.app_context():
        for offset, point in enumerate(points):
            _decide(first + offset, point, control=at.options.control)


def killed_clerks(at: staging.Stage, kills: int) -> Counter[str]:
    """Processes that decide twice in peace and are killed in the third decision."""
    chance = random.Random(20261122)  # noqa: S311  # no secret; the same points each time
    where: Counter[str] = Counter()
    for round_number in range(kills):
        point = chance.choice(POINTS)
        db.session.remove()
        db.engine.dispose()
        child = os.fork()
        if child == 0:
            try:
                _clerk(at, round_number * EACH, ["", "", point])
            finally:
                os._exit(3)
        status = os.waitpid(child, 0)[1]
        where[point if os.WIFSIGNALED(status) else "survived"] += 1
    return where


def main() -> int:
    """Run the drill."""
    given = staging.options("outbox")
    kills = 1000 if given.full else 16
    acts.WORK_SECONDS = 0.0
    with staging.stage(given) as at:
        began = time.monotonic()
        where = killed_clerks(at, kills)
        ran = drain(kills * EACH + 10)
        decided = staging.number("select count(*) from drill_decision")
        undone = staging.number("select count(*) from drill_decision where taken = 0")
        done = staging.done()
        effects = set(staging.effects(at))
        orphans = len(effects) - staging.number("select count(distinct number) from drill_done")
        seconds = time.monotonic() - began
    figures: dict[str, object] = {
        "kills": dict(sorted(where.items())),
        "decided": decided,
        "jobs_run": ran,
        "done": done,
        "decided_but_not_done": undone,
        "done_but_not_decided": orphans,
        "seconds": round(seconds, 1),
    }
    holds = {
        "every kill struck": where["survived"] == 0,
        "decided = done": undone == 0 and done == decided,
        "nothing done that was not decided": orphans == 0,
        "one job a decision": ran == decided,
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
