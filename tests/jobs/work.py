"""Jobs for the tests: one that writes, one that fails, one that waits to be killed.

``python -m tests.jobs.work INSTANCE DATABASE_URL`` runs a real worker that knows them.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask

from lms import config
from lms import db as database
from lms.audit import service as audit
from lms.db import db, transaction
from lms.jobs import leased, procrastinate_engine, procrastinate_worker, worker
from lms.jobs.port import Hopeless, job
from lms.jobs.supervisor import Supervisor
from lms.people.models import Organisation, OrganisationKind
from lms.people.service import create_organisation
from lms.web.running import settings

BEGAN = "began"


@job("test.write")
def write(code: str) -> None:
    """Make an organisation."""
    with transaction():
        create_organisation(code, "Made by a job", OrganisationKind.EMPLOYER)


@job("test.fail")
def fail(words: str) -> None:
    """Fail always."""
    raise RuntimeError(words)


@job("test.twice", tries=2)
def fail_twice() -> None:
    """Fail always, but not often."""
    raise RuntimeError("twice")


@job("test.hopeless")
def hopeless() -> None:
    """Know that another try cannot help."""
    raise Hopeless("nobody of that name")


FORSAKEN: list[str] = []


def mourn(words: str) -> None:
    """Note that it was given up."""
    FORSAKEN.append(words)


@job("test.forsaken", given_up=mourn)
def forsaken(words: str) -> None:
    """Be given up at once, and let it be told."""
    raise Hopeless(words)


@job("test.half")
def half(code: str) -> None:
    """Write, then fail before the transaction ends."""
    with transaction():
        create_organisation(code, "Never to be seen", OrganisationKind.EMPLOYER)
        raise RuntimeError("halfway")


@job("test.outside")
def outside(code: str, *, flush: bool) -> None:
    """Write where nothing is kept."""
    organisation = create_organisation(code, "Lost", OrganisationKind.EMPLOYER) if flush else None
    if organisation is None:
        db.session.add(Organisation(code=code, name="Lost", kind="employer"))


@job("test.noted_outside")
def note_outside() -> None:
    """Write past the session, where nothing is kept either."""
    audit.record(None, "test.noted", Organisation())


@job("test.linger")
def linger(code: str) -> None:
    """The first run says that it began and never ends; the next one does the work."""
    mark = settings().instance / f"{code}.{BEGAN}"
    if not mark.exists():
        mark.touch()
        time.sleep(120)
    write(code)


@job("test.slow")
def slow(code: str) -> None:
    """Say that it began, take a moment, then do the work."""
    (settings().instance / f"{code}.{BEGAN}").touch()
    time.sleep(1)
    write(code)


@job("test.hang", tries=1, limit=0.5)
def hang() -> None:
    """Never end, though half a second is all it has."""
    time.sleep(120)


def hasten() -> None:
    """Let a lost worker be noticed after two seconds instead of a minute."""
    leased.LEASE = timedelta(seconds=2)
    worker.RENEW_SECONDS = worker.RECOVER_SECONDS = 0.5
    procrastinate_engine.HEARTBEAT_SECONDS = 0.5
    procrastinate_engine.STALLED_SECONDS = 2.0
    leased.POLL_SECONDS = procrastinate_worker.POLL_SECONDS = 0.1
    worker.PULSE_SECONDS = 0.2


def bare_app(folder: Path, url: str) -> Flask:
    """Settings and database and nothing else: it starts in a third of the time."""
    app = Flask("lms")
    app.config["LMS"] = config.load({"instance": folder, "database_url": url})
    database.init_app(app, url)
    return app


if __name__ == "__main__":
    hasten()
    made = bare_app(Path(sys.argv[1]), sys.argv[2])
    if sys.argv[3:] == ["supervised"]:
        Supervisor(made).run()
    else:
        worker.Worker(made).loop()
