"""The job that asks the scanner."""

from lms.db import transaction
from lms.jobs.port import job
from lms.kernel import clock
from lms.storage import blobs, scanning
from lms.web import running


@job(scanning.SCAN_JOB, tries=20)
def scan(digest: str) -> None:
    """Ask what is in a file; a scanner that is away is asked again later."""
    found = scanning.ask(running.settings().clamd, blobs().get(digest))
    with transaction():
        scanning.note(digest, found, now=clock.now())
