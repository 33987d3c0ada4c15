"""The workers of a drill: ``python -m tests.drills.crew FOLDER URL DRILL sound|control``.

Lost workers are noticed after two seconds and failed jobs come back soon, so that a drill does not
wait. What the control lacks is said where it is taken away.
"""

import sys
from datetime import timedelta
from pathlib import Path

from lms.jobs import leased, procrastinate_engine, rules, supervisor
from lms.jobs.port import REGISTRY, Definition
from tests.drills import acts
from tests.drills.staging import WORKERS
from tests.jobs.work import bare_app, hasten

MEMORY = 600_000_000
HANGING = "drill.hang"


def _weaken(drill: str) -> None:
    if drill == "jobs_kill":  # nobody takes back the jobs of lost workers
        leased.LEASE = timedelta(days=1)
        procrastinate_engine.STALLED_SECONDS = 86_400.0
    if drill == "jobs_poison":  # nobody ends a run that lasts too long
        REGISTRY[HANGING] = Definition(acts.hang, rules.TRIES, 3600.0)


def main(arguments: list[str]) -> None:
    """Supervise the workers of one group."""
    folder, url, drill, mode = arguments
    hasten()
    rules.SECOND = timedelta(seconds=0.05)
    if mode == "control":
        _weaken(drill)
    supervisor.Supervisor(
        bare_app(Path(folder), url),
        count=WORKERS,
        prepare=lambda: supervisor.limit_memory(MEMORY),
    ).run()


if __name__ == "__main__":
    main(sys.argv[1:])
