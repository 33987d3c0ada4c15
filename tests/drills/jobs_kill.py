"""SIGKILL whole groups of workers in the middle of thousands of jobs: nothing lost, nothing twice.

The control never takes back the jobs of lost workers.
"""

import random
import sys
import time

from sqlalchemy import text

from lms.db import db, transaction
from lms.jobs.port import enqueue
from tests.drills import acts, staging
from tests.drills.crew import WORKERS, Crew

KILLS = 6


def decide(jobs: int) -> None:
    """Decisions and their jobs, in one transaction."""
    with transaction():
        for number in range(jobs):
            db.session.execute(
                text("insert into drill_decision (number, taken) values (:n, 0)"), {"n": number}
            )
            enqueue(acts.CERTIFICATE, number=number)


def kill_in_the_middle(at: staging.Stage, jobs: int) -> None:
    """Start a group, let it do a seventh, kill it somewhere inside a job; six times."""
    for round_number in range(KILLS):
        crew = Crew(at)
        before = staging.done()
        goal = min(jobs - 1, max(before + 1, (round_number + 1) * jobs // (KILLS + 1)))
        until = time.monotonic() + 60
        while staging.done() < goal and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(random.uniform(0, 0.05))  # noqa: S311  # no secret
        crew.kill()


def main() -> int:
    """Run the drill."""
    given = staging.options("jobs_kill")
    jobs = 5000 if given.full else 140
    with staging.stage(given) as at:
        began = time.monotonic()
        decide(jobs)
        enqueued = time.monotonic() - began
        kill_in_the_middle(at, jobs)
        crew = Crew(at)
        staging.wait_until_idle(20 if given.full else 6)
        crew.stop()
        seconds = time.monotonic() - began
        left = staging.counts()
        rows = staging.done()
        distinct = staging.number("select count(distinct number) from drill_done")
        repeated = len(staging.effects(at)) - len(set(staging.effects(at)))
    figures: dict[str, object] = {
        "jobs": jobs,
        "kills": KILLS,
        "workers": WORKERS,
        "lost": jobs - distinct,
        "double_rows": rows - distinct,
        "repeated_effects": repeated,
        "left_in_queue": left.waiting + left.running,
        "dead": left.dead,
        "enqueue_seconds": round(enqueued, 2),
        "seconds": round(seconds, 1),
    }
    holds = {
        "none lost": distinct == jobs,
        "no business row twice": rows == distinct,
        "effects repeated at most workers x kills": repeated <= WORKERS * KILLS,
        "queue empty": left.waiting + left.running + left.dead == 0,
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
