"""Jobs for the tests: one that writes, one that fails, one that waits to be killed.

``python -m tests.jobs.work INSTANCE DATABASE_URL`` runs a real worker that knows them.
"""

import sys
import time
from pathlib import Path

from lms import create_app
from lms.db import transaction
from lms.jobs.port import job
from lms.jobs.worker import Worker
from lms.people.models import OrganisationKind
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


@job("test.half")
def half(code: str) -> None:
    """Write, then fail before the transaction ends."""
    with transaction():
        create_organisation(code, "Never to be seen", OrganisationKind.EMPLOYER)
        raise RuntimeError("halfway")


@job("test.linger")
def linger(code: str) -> None:
    """The first run says that it began and never ends; the next one does the work."""
    mark = settings().instance / f"{code}.{BEGAN}"
    if not mark.exists():
        mark.touch()
        time.sleep(120)
    write(code)


if __name__ == "__main__":
    app = create_app({"instance": Path(sys.argv[1]), "database_url": sys.argv[2]})
    Worker(app).loop()
