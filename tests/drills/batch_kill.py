"""SIGKILL the workers again and again in a batch: none lost, none twice, every PDF sound.

Numbers have no gap and are never used twice, the public log has one leaf for each, and its audit
finds nothing. The control never takes back the jobs of lost workers.
"""

import hashlib
import sys
import time
from pathlib import Path

from cryptography import x509
from flask import Flask
from sqlalchemy import func, select

from benchmarks.batch import wanted
from lms import create_app
from lms.certificates import log_audit
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.checking.inspection import inspect
from lms.db import db
from lms.storage import blobs
from lms.transparency import auditing
from lms.transparency.models import LogEntry
from lms.web.running import settings
from tests.drills import staging
from tests.drills.crew import WORKERS, Crew


def app_of(folder: Path, url: str) -> Flask:
    """The whole program, on the database of a drill."""
    return create_app({"instance": folder, "database_url": url})


def _filed() -> int:
    return staging.number("select count(*) from certificate where pdf_digest is not null")


def kill_in_the_middle(at: staging.Stage, many: int, kills: int) -> None:
    """Start a group, let it do its share, kill it wherever it is; so many times."""
    for round_number in range(kills):
        crew = Crew(at)
        goal = max(1, (round_number + 1) * many // (kills + 1))
        until = time.monotonic() + (4 if at.options.control else 300)
        while _filed() < goal and time.monotonic() < until:
            time.sleep(0.05)
        crew.kill()


def _sound(digest: str | None, root: x509.Certificate) -> bool:
    """Whether the PDF is there as it was filed, and our signature covers it."""
    if digest is None:
        return False
    data = blobs().path(digest).read_bytes()
    return hashlib.sha256(data).hexdigest() == digest and inspect(data, [root]).signature == "ok"


def _accounts(many: int) -> dict[str, object]:
    db.session.rollback()
    columns = select(Certificate.enrolment_id, Certificate.serial, Certificate.pdf_digest)
    certificates = db.session.execute(columns.order_by(Certificate.id)).all()
    leaves = select(func.count(LogEntry.number), func.count(LogEntry.subject.distinct()))
    entered, subjects = db.session.execute(leaves.where(LogEntry.kind == "issued")).one()
    db.session.rollback()  # files are looked at for longer than a transaction may wait
    numbers = sorted(int(one.serial.rpartition("-")[2]) for one in certificates)
    root = x509.load_pem_x509_certificate((settings().pki / "root.pem").read_bytes())
    unsound = sum(not _sound(one.pdf_digest, root) for one in certificates)
    report = auditing.audit({})
    log_audit.against(report)
    return {
        "lost": many - len({one.enrolment_id for one in certificates}),
        "double": len(certificates) - len({one.enrolment_id for one in certificates}),
        "gaps": sum(number != place for place, number in enumerate(numbers, 1)),
        "without_pdf": sum(one.pdf_digest is None for one in certificates),
        "unsound": unsound,
        "leaves": entered,
        "leaves_twice": entered - subjects,
        "log_sound": report.sound,
    }


def main() -> int:
    """Run the drill."""
    given = staging.options("batch_kill")
    many, kills = (5000, 6) if given.full else (12, 3)
    began = time.monotonic()
    with staging.stage(given, app_of) as at:
        ring(settings())  # made before the groups would make them at once
        wanted(many)
        kill_in_the_middle(at, many, kills)
        crew = Crew(at)
        staging.wait_until_idle(8 if given.control else 30)
        crew.stop()
        figures = _accounts(many)
        left = staging.counts()
    figures |= {"certificates": many, "kills": kills, "workers": WORKERS}
    figures |= {"left_in_queue": left.waiting + left.running, "dead": left.dead}
    figures["seconds"] = round(time.monotonic() - began, 1)
    holds = {
        "none lost": figures["lost"] == figures["without_pdf"] == 0,
        "none twice": figures["double"] == 0,
        "numbers without gap or reuse": figures["gaps"] == 0,
        "every PDF is sound": figures["unsound"] == 0,
        "one leaf each": figures["leaves"] == many and figures["leaves_twice"] == 0,
        "the log's audit finds nothing": figures["log_sound"] is True,
        "queue empty": figures["left_in_queue"] == figures["dead"] == 0,
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
