"""One job in a hundred raises, one hangs, one eats memory: the rest is done, the poison is dead.

The control never ends a run that lasts too long.
"""

import sys
import time

from sqlalchemy import text

from lms.db import db, transaction
from lms.jobs import engine, rules
from lms.jobs.port import enqueue
from tests.drills import acts, staging
from tests.drills.crew import Crew


def decide(jobs: int) -> int:
    """Poison among good jobs; returns how much of it."""
    poison = 2
    with transaction():
        enqueue("drill.hang")
        enqueue("drill.eat")
        for number in range(jobs):
            if number % 100 == 0:
                enqueue("drill.raise", number=number)
                poison += 1
                continue
            want(number)
    return poison


def want(number: int) -> None:
    """A good job, in the caller's transaction."""
    db.session.execute(
        text("insert into drill_decision (number, taken) values (:n, 0)"), {"n": number}
    )
    enqueue(acts.CERTIFICATE, number=number)


def alive(number: int) -> bool:
    """Whether a job that is wanted now is done."""
    before = staging.done()
    with transaction():
        want(number)
    until = time.monotonic() + 15
    while staging.done() == before and time.monotonic() < until:
        time.sleep(0.1)
    return staging.done() == before + 1


def main() -> int:
    """Run the drill."""
    given = staging.options("jobs_poison")
    jobs = 5000 if given.full else 200
    with staging.stage(given) as at:
        began = time.monotonic()
        poison = decide(jobs)
        crew = Crew(at)
        staging.wait_until_idle(15 if given.full else 6)
        good = staging.done()
        left = staging.counts()
        works_on = alive(jobs)
        crew.stop()
        seconds = time.monotonic() - began
        dead = engine.chosen().dead(poison + 10)
    figures: dict[str, object] = {
        "jobs": jobs,
        "poison": poison,
        "done": good,
        "dead": len(dead),
        "dead_after_tries": sorted({one.attempts for one in dead}),
        "reasons": sorted({f"{one.name}: {(one.reason or '').split()[0]}" for one in dead}),
        "left_in_queue": left.waiting + left.running,
        "worker_alive": works_on,
        "seconds": round(seconds, 1),
    }
    holds = {
        "all good jobs done": good == jobs + 2 - poison,
        "all poison dead": len(dead) == poison,
        "after five tries": all(one.attempts == rules.TRIES for one in dead),
        "each with a reason": all(one.reason for one in dead),
        "queue empty": left.waiting + left.running == 0,
        "a worker is alive": works_on,
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
