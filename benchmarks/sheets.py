"""How long a sheet takes: kept, checked, done, and the same one checked and done again.

A tenth as many people as rows, each in ten offerings with seats for half of them: the others wait.
The steps run in this process, as the worker runs them. Memory is what the process takes at most
beyond what it had before the first step.
"""

import json
import resource
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from benchmarks import measuring
from lms.db import db, transaction
from lms.people import queries as people_queries
from lms.people.models import Organisation, User
from lms.sheets import jobs, service
from lms.sheets.models import Sheet
from lms.sheets.states import AT_WORK, Way
from tests.drills import seating

OFFERINGS = 10


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    rows = asked.pick(small=1_000, full=50_000)
    with measuring.institute(asked.database) as app, app.app_context():
        figures = _steps(*_table(app, rows))
    print(f"{'step':<14}{'seconds':>10}{'rows a s':>10}{'statements a row':>18}{'MB more':>10}")
    for name, (seconds, statements, memory) in figures.items():
        speed, each = rows / seconds, statements / rows
        print(f"{name:<14}{seconds:>10.1f}{speed:>10.0f}{each:>18.2f}{memory:>10}")
    print(
        json.dumps(
            {
                "benchmark": "sheets",
                "database": asked.database,
                "size": asked.size,
                "rows": rows,
                "seconds": {name: round(each[0], 2) for name, each in figures.items()},
                "statements_a_row": {
                    name: round(each[1] / rows, 2) for name, each in figures.items()
                },
                "memory_mb": {name: each[2] for name, each in figures.items()},
            }
        )
    )


def _table(app: Flask, rows: int) -> tuple[int, int, bytes]:
    """Ids of the provider and of its manager, and a sheet."""
    manager = people_queries.user_by_email("manager@sijil.example")
    if manager is None or manager.organisation is None:
        raise SystemExit("the sample has no manager")
    number = rows // OFFERINGS
    with transaction():
        offerings = [seating.offering(number // 2) for _ in range(OFFERINGS)]
        for each in offerings:
            each.course_version.course.provider = manager.organisation
        codes = [each.code for each in offerings]
        comers = [person.id for person in seating.people(app, number)]
        ours = update(User).where(User.id.in_(comers))  # whom it may know is enrolled at once
        db.session.execute(ours.values(organisation_id=manager.organisation.id))
        made = list(db.session.scalars(select(User.email).where(User.id.in_(comers))))
    lines = [f"{code},{email}" for code in codes for email in made]
    return manager.organisation.id, manager.id, "\n".join(["offering,person", *lines]).encode()


Figures = tuple[float, int, int]


def _steps(provider: int, manager: int, data: bytes) -> dict[str, Figures]:
    before = _memory()
    kept: list[int] = []

    def take() -> None:
        with transaction():
            organisation = db.session.get_one(Organisation, provider)
            sheet = service.take(Way.ENROL, organisation, "b.csv", data, by=manager)
            kept.append(sheet.id)

    def confirm() -> None:
        with transaction():
            service.confirm(db.session.get_one(Sheet, kept[-1]), by=manager)
        _go(kept[-1])

    return {
        "kept": _measured(take, before),
        "checked": _measured(lambda: _go(kept[-1]), before),
        "done": _measured(confirm, before),
        "kept again": _measured(take, before),
        "checked again": _measured(lambda: _go(kept[-1]), before),
        "done again": _measured(confirm, before),
    }


def _go(sheet_id: int) -> None:
    sheet = db.session.get_one(Sheet, sheet_id)
    while sheet.state in AT_WORK:
        jobs.work(sheet.id, sheet.work_id or 0)
        db.session.refresh(sheet)


def _measured(step: Callable[[], None], before: int) -> Figures:
    seen = 0

    def note(*_: object) -> None:
        nonlocal seen
        seen += 1

    event.listen(Engine, "before_cursor_execute", note)
    began = time.monotonic()
    try:
        step()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    seconds = time.monotonic() - began
    db.session.remove()
    return seconds, seen, _memory() - before


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
