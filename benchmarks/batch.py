"""What a batch of certificates costs: issuing by the batch, then a PDF each, as the worker does it.

Milliseconds of processor time a certificate, of this process and the database's, for the first and
the second half, so that growth shows: many of attendance, and some of competence, whose people take
longer to prepare.
The yardsticks are plain WeasyPrint setting the page of one of them. Memory is what the process took
at most; the log is audited at the end.
"""

import gc
import json
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from statistics import mean

import weasyprint  # type: ignore[import-untyped]
from sqlalchemy import select

from benchmarks import measuring
from benchmarks.issue import plain_html
from benchmarks.places import attended
from lms.batches import queries, service
from lms.batches.models import BatchItem
from lms.certificates import jobs
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel import clock
from lms.printing.content import CertificateContent
from lms.transparency import auditing
from lms.web.running import settings
from tests.certificates.awards import competence, due_place
from tests.make import NOW, make_user

Halves = tuple[float, float]


@dataclass(frozen=True)
class Costs:
    """Milliseconds a certificate in the first and the second half, and those of its plain page."""

    many: int
    issue: Halves
    pdf: Halves
    yardstick: float

    def lines(self, kind: str) -> Iterator[str]:
        """For people."""
        yield f"{self.many} of {kind}; the plain page takes {self.yardstick:.1f} ms"
        for name, cost in (("issue", self.issue), ("PDF", self.pdf)):
            yield f"  {name:<8}{cost[0]:>8.1f}{cost[1]:>8.1f} ms each{self._ratio(cost):>8.2f}"
        yield f"  {'together':<31}{self._ratio(self.issue) + self._ratio(self.pdf):>8.2f}"

    def _ratio(self, cost: Halves) -> float:
        return mean(cost) / self.yardstick


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    with measuring.institute(asked.database) as app, app.app_context():
        costs = {
            "attendance": _costs(wanted(asked.pick(small=100, full=5_000)), clock.now()),
            "competence": _costs(_of_competence(asked.pick(small=40, full=200)), NOW),
        }
        sound = auditing.audit({}).sound
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    for kind, each in costs.items():
        print("\n".join(each.lines(kind)))
    print(f"memory {memory} MB, log {'sound' if sound else 'UNSOUND'}")
    figures = {kind: asdict(each) for kind, each in costs.items()}
    print(json.dumps({"benchmark": "batch", "database": asked.database, **figures}))


def _costs(batch_id: int, now: datetime) -> Costs:
    many = sum(queries.counts(batch_id).values())
    gc.collect()
    gc.freeze()  # as the worker does with what it has loaded
    issue = halves(many, issuing(batch_id, now))
    # Twice, for within minutes machines get slower and faster.
    before = _yardstick(batch_id)
    pdf = halves(many, _rendering(batch_id))
    return Costs(many, issue, pdf, mean((before, _yardstick(batch_id))))


def _of_competence(many: int) -> int:
    """A batch over people whose work was marked."""
    with transaction():
        offering, assessment = competence(capacity=many)
        places = [due_place(offering, assessment).id for _ in range(many)]
        by = make_user("Registrar").id
    with transaction():
        return service.begin(offering, places, {}, by=by).id


def wanted(many: int) -> int:
    """A batch over so many places that are due."""
    offering, places, by = attended(many)
    with transaction():
        return service.begin(offering, places, {}, by=by).id


def issuing(batch_id: int, now: datetime | None = None) -> Callable[[int], int]:
    """Go on with a batch at a moment; returns how many places it dealt with."""
    ours = settings()
    keys = ring(ours)

    def some(_done: int) -> int:
        with transaction():
            service.go_on(batch_id, settings=ours, ring=keys, now=now or clock.now())
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


def halves(many: int, go_on: Callable[[int], int]) -> Halves:
    """Milliseconds a certificate in the first and in the second half."""
    spent = measuring.meter()
    marks, done = [spent()], 0
    for end in (many // 2, many):
        while done < end:
            done += go_on(done)
        marks.append(spent())
    first, second = (after - before for before, after in pairwise(marks))
    return first * 2 / many, second * 2 / many


def _yardstick(batch_id: int) -> float:
    """Milliseconds of plain WeasyPrint for the page of the first certificate."""
    certificate = db.session.get_one(Certificate, _certificates(batch_id)[0])
    html = plain_html(CertificateContent.from_json(certificate.content))
    weasyprint.HTML(string=html).write_pdf()
    before = time.process_time()
    for _ in range(10):
        weasyprint.HTML(string=html).write_pdf()
    return (time.process_time() - before) * 100


if __name__ == "__main__":
    main()
