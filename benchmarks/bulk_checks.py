"""What an employer's day costs: a table of codes handed in, checked and taken away; a program.

300 rows and many, over 500 certificates of attendance, so that no code stands twice in a piece. The
steps run in this process, as server and worker run them; times are milliseconds of its processor
time a row. Memory is what the process takes at most.
"""

import json
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from benchmarks import measuring
from benchmarks.places import attended
from lms.batches import service as batches
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.employers import jobs, queries, reading, service, tokens
from lms.employers.models import CheckRun
from lms.kernel import clock
from lms.people import queries as people_queries
from lms.people.models import Organisation
from lms.web.running import settings

CERTIFICATES = 500
CHECKER = "employer@sijil.example"


@dataclass(frozen=True)
class Figure:
    """One step over so many rows."""

    step: str
    rows: int
    ms_a_row: float
    statements: int


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    many = asked.pick(small=2_000, full=10_000)
    with measuring.institute(asked.database) as app:
        with app.app_context():
            codes = _certified()
        figures = [figure for rows in (300, many) for figure in _day(app, codes, rows)]
        figures += _program(app, codes)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{'step':<12}{'rows':>8}{'ms a row':>10}{'SQL':>6}")
    for each in figures:
        print(f"{each.step:<12}{each.rows:>8}{each.ms_a_row:>10.3f}{each.statements:>6}")
    print(f"memory {memory} MB")
    about = {"benchmark": "bulk_checks", "database": asked.database, "size": asked.size}
    print(json.dumps({**about, "memory_mb": memory, "figures": [asdict(each) for each in figures]}))


def _certified() -> list[str]:
    """The codes of so many certificates."""
    ours = settings()
    keys = ring(ours)
    offering, places, by = attended(CERTIFICATES)
    with transaction():
        batch_id = batches.begin(offering, places, {}, by=by).id
    more = True
    while more:
        with transaction():
            more = batches.go_on(batch_id, settings=ours, ring=keys, now=clock.now())
    newest = select(Certificate.code).order_by(Certificate.id.desc()).limit(CERTIFICATES)
    return list(db.session.scalars(newest))


def _day(app: Flask, codes: list[str], rows: int) -> list[Figure]:
    """A table handed in, checked, looked at and taken away."""
    lines = [f"{codes[number % len(codes)]},Aminah,R{number}" for number in range(rows)]
    data = "\n".join(["code,name,reference", *lines]).encode()
    client, made = measuring.signed_in(app, CHECKER), list[int]()

    def hand_in() -> None:
        with transaction():
            employer, by = _employer()
            found = reading.of_file(data)
            made.append(service.prepare(employer, found, "graduates.csv", by=by).id)

    def check() -> None:
        with transaction():
            run = db.session.get_one(CheckRun, made[0])
            service.confirm(run, 1_000_000, by=run.made_by_id, now=clock.now())
        jobs.work(made[0])

    with app.app_context():
        figures = [_figure("hand in", rows, hand_in), _figure("check", rows, check)]
        counts = queries.counts(made[0])
        address = f"/employers/checks/{db.session.get_one(CheckRun, made[0]).public_id}"
    if counts != {"valid": rows}:
        raise SystemExit(f"not every row is valid: {counts}")
    steps = {"page": address, "CSV": f"{address}?as=csv", "workbook": f"{address}?as=xlsx"}
    figures += [_figure(step, rows, measuring.getting(client, at)) for step, at in steps.items()]
    return figures


def _employer() -> tuple[Organisation, int]:
    checker = people_queries.user_by_email(CHECKER)
    if checker is None or checker.organisation is None:
        raise SystemExit("the sample has no employer")
    return checker.organisation, checker.id


def _program(app: Flask, codes: list[str]) -> list[Figure]:
    """The same codes by program: one in a request, and five hundred."""
    with app.app_context(), transaction():
        employer, by = _employer()
        _, secret = tokens.make(employer, "A benchmark", 30, by=by, now=clock.now())
    client, lines = app.test_client(), {"Authorization": f"Bearer {secret}"}

    def ask(number: int) -> None:
        checks = [{"code": code, "name": "Aminah"} for code in codes[:number]]
        answer = client.post("/api/v1/checks", json={"checks": checks}, headers=lines)
        if answer.status_code != 200:
            raise SystemExit(f"the API answered {answer.status}")

    ask(1)
    return [_figure("by program", number, lambda number=number: ask(number)) for number in (1, 500)]  # type: ignore[misc]


def _figure(step: str, rows: int, work: Callable[[], object]) -> Figure:
    seen = 0

    def note(*_: object) -> None:
        nonlocal seen
        seen += 1

    event.listen(Engine, "before_cursor_execute", note)
    began = time.process_time()
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return Figure(step, rows, round((time.process_time() - began) * 1000 / rows, 3), seen)


if __name__ == "__main__":
    main()
