"""What a batch of certificates costs: issuing by the batch, then a PDF each, as the worker does it.

Milliseconds of processor time of this process a certificate, for the first and the second half, so
that growth shows. Certificates are of attendance; the yardsticks are plain WeasyPrint setting the
page of one of them, and the richer page of a certificate of competence. Memory is what the process
took at most; the log is audited at the end.
"""

import json
import resource
import time
from collections.abc import Callable
from itertools import pairwise

import weasyprint  # type: ignore[import-untyped]
from sqlalchemy import select

from benchmarks import measuring
from benchmarks.issue import plain_html
from benchmarks.places import attended
from lms.batches import service
from lms.batches.models import BatchItem
from lms.certificates import jobs
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel import clock
from lms.printing.content import CertificateContent
from lms.transparency import auditing
from lms.web.running import settings


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    many = asked.pick(small=100, full=5_000)
    with measuring.institute(asked.database) as app, app.app_context():
        batch_id = wanted(many)
        steps = {
            "issue": halves(many, issuing(batch_id)),
            "PDF": halves(many, _rendering(batch_id)),
        }
        yardstick = _yardstick(db.session.get_one(Certificate, _certificates(batch_id)[0]))
        richer = _yardstick(_of_the_sample())
        sound = auditing.audit({}).sound
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    for name, (first, second) in steps.items():
        mean = (first + second) / 2
        ratios = f"{mean / yardstick:>8.2f}{mean / richer:>8.2f} of the yardsticks"
        print(f"{name:<8}{first:>10.1f}{second:>10.1f} ms each{ratios}")
    state = "sound" if sound else "UNSOUND"
    print(f"yardsticks {yardstick:.1f}, {richer:.1f} ms, memory {memory} MB, log {state}")
    figures = {"certificates": many, "steps_ms": steps}
    figures |= {"yardstick_ms": yardstick, "competence_yardstick_ms": richer}
    print(json.dumps({"benchmark": "batch", "database": asked.database, **figures}))


def wanted(many: int) -> int:
    """A batch over so many places that are due."""
    offering, places, by = attended(many)
    with transaction():
        return service.begin(offering, places, {}, by=by).id


def issuing(batch_id: int) -> Callable[[int], int]:
    """Go on with a batch; returns how many places it dealt with."""
    ours = settings()
    keys = ring(ours)

    def some(_done: int) -> int:
        with transaction():
            service.go_on(batch_id, settings=ours, ring=keys, now=clock.now())
        return service.AT_ONCE

    return some


def _rendering(batch_id: int) -> Callable[[int], int]:
    ids = _certificates(batch_id)

    def one(done: int) -> int:
        jobs.render(ids[done])
        return 1

    return one


def _certificates(batch_id: int) -> list[int]:
    query = select(BatchItem.certificate_id).where(BatchItem.batch_id == batch_id)
    return [found for found in db.session.scalars(query.order_by(BatchItem.id)) if found]


def halves(many: int, go_on: Callable[[int], int]) -> tuple[float, float]:
    """Milliseconds a certificate in the first and in the second half."""
    marks, done = [time.process_time()], 0
    for end in (many // 2, many):
        while done < end:
            done += go_on(done)
        marks.append(time.process_time())
    first, second = (after - before for before, after in pairwise(marks))
    return first * 2000 / many, second * 2000 / many


def _of_the_sample() -> Certificate:
    query = select(Certificate).where(Certificate.kind == "competence")
    return db.session.scalars(query.order_by(Certificate.id).limit(1)).one()


def _yardstick(certificate: Certificate) -> float:
    html = plain_html(CertificateContent.from_json(certificate.content))
    weasyprint.HTML(string=html).write_pdf()
    before = time.process_time()
    for _ in range(10):
        weasyprint.HTML(string=html).write_pdf()
    return (time.process_time() - before) * 100


if __name__ == "__main__":
    main()
