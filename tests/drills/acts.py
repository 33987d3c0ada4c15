"""The jobs of the drills: one like a certificate, and three kinds of poison."""

import time

from sqlalchemy import text

from lms.db import db, transaction
from lms.jobs.port import job
from lms.web.running import settings
from tests.drills.staging import EFFECTS

CERTIFICATE = "drill.certificate"
WORK_SECONDS = 0.01
DECIDE = text("insert into drill_decision (number, taken) values (:n, 0)")


@job(CERTIFICATE)
def certificate(number: int) -> None:
    """An effect outside, some work, then the business row, guarded by the decision's state."""
    with (settings().instance / EFFECTS).open("a", encoding="utf-8") as file:
        file.write(f"{number}\n")
    time.sleep(WORK_SECONDS)
    with transaction():
        ours = db.session.execute(
            text(
                "update drill_decision set taken = 1 where number = :n and taken = 0"
                " returning number"
            ),
            {"n": number},
        ).one_or_none()
        if ours is not None:
            db.session.execute(text("insert into drill_done (number) values (:n)"), {"n": number})


@job("drill.raise")
def fail(number: int) -> None:
    """Fail always."""
    raise RuntimeError(f"poison {number}")


@job("drill.hang", limit=1.0)
def hang() -> None:
    """Never end."""
    time.sleep(3600)


@job("drill.eat")
def eat() -> None:
    """Take all the memory there is."""
    eaten = []
    while True:
        eaten.append(bytearray(50_000_000))
