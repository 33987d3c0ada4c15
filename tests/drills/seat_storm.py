"""Thousands of people at the doors of one offering, some pressing the button twice.

Exactly as many seats are given as there are, everybody else stands in the queue by ticket, and the
same key gets the same answer. The control reads whether a seat is free, then writes.
"""

import random
import secrets
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from lms.catalogue.models import SeatPool
from lms.db import db, transaction
from lms.enrolment import seats
from lms.enrolment.states import State
from lms.kernel.errors import Conflict
from tests.drills import seating, staging
from tests.drills.hosting import House, house, served
from tests.drills.seating import Answers, Line, Person, Told, Work
from tests.drills.standing import Standing, standing

CONTROL_ON = "postgresql"  # SQLite lets one writer in at a time: there even this is right
CONNECTIONS = 64
REPEATS = 0.2


def _read_then_write(pool_id: int) -> tuple[int, State]:
    query = select(SeatPool.taken, SeatPool.waiting, SeatPool.ticket, SeatPool.capacity)
    seen = db.session.execute(query.where(SeatPool.id == pool_id)).one()
    is_free = seen.taken < seen.capacity and not seen.waiting
    pool = db.session.get_one(SeatPool, pool_id)
    if not pool.accepting:
        raise Conflict("offering-not-open")
    pool.ticket = seen.ticket + 1
    if is_free:
        pool.taken = seen.taken + 1
    else:
        pool.waiting = seen.waiting + 1
    db.session.flush()
    return pool.ticket, State.CONFIRMED if is_free else State.WAITING


def _weaken(given: staging.Options) -> None:
    if given.control:
        seats._ticket = _read_then_write  # this is the protection


class Storm:
    """All requests of one run, and what each key was told."""

    def __init__(self, people: list[Person], path: str) -> None:
        self.people, self.path = people, path
        self.keys = {person.id: secrets.token_urlsafe(16) for person in people}
        self.answers = Answers()
        self.told: dict[int, set[tuple[int, str]]] = defaultdict(set)

    def tasks(self) -> list[Work]:
        """Everybody once in any order; a fifth twice, half of these at the same moment."""
        order = random.sample(self.people, len(self.people))
        repeats = order[: int(len(order) * REPEATS)]
        order = random.sample(order, len(order))
        for number, person in enumerate(repeats):
            at = order.index(person) + 1
            order.insert(at if number % 2 else random.randint(at, len(order)), person)  # noqa: S311
        return [self._ask(person) for person in order]

    def _ask(self, person: Person) -> Work:
        def ask(line: Line) -> None:
            began = time.monotonic()
            told = line.insist(self.path, person, self.keys[person.id])
            self._note(person, told, time.monotonic() - began)

        return ask

    def _note(self, person: Person, told: Told, seconds: float) -> None:
        self.answers.note(told, seconds)
        self.told[person.id].add((told.status, told.location))


def _drill(at: House, given: staging.Options) -> tuple[dict[str, object], dict[str, bool]]:
    number, places = (5000, 200) if given.full else (150, 15)
    with transaction():
        offering = seating.offering(places)
        storm = Storm(seating.people(at.app, number), f"/offerings/{offering.public_id}/enrol")
        offering_id = offering.id
    with served(at, worker=False, weaken=lambda: _weaken(given)):
        began = time.monotonic()
        broken = seating.work(at.port, storm.tasks(), CONNECTIONS)
        seconds = time.monotonic() - began
    found = standing(offering_id)
    figures: dict[str, object] = {
        "people": number,
        "requests": sum(storm.answers.statuses.values()),
        "seats": places,
        "confirmed": found.count("confirmed"),
        "waiting": found.count("waiting"),
        "lost": number - len({row.user_id for row in found.rows}),
        "twice": found.twice,
        "answers_that_differ": sum(len(told) > 1 for told in storm.told.values()),
        **storm.answers.figures(),
        "clients_broken": broken[:3],
        "seconds": round(seconds, 1),
        "requests_a_second": round(sum(storm.answers.statuses.values()) / seconds),
    }
    return figures, _holds(storm, found, number, places) | {"clients are whole": not broken}


def _holds(storm: Storm, found: Standing, number: int, places: int) -> dict[str, bool]:
    own = {row.user_id: f"/places/{row.public_id}" for row in found.rows}
    return found.holds | {
        "as many confirmed as seats": found.count("confirmed") == places,
        "nobody is lost": found.count("waiting") == number - places,
        "the first tickets have the seats": {
            row.ticket for row in found.rows if row.state == "confirmed"
        }
        == set(range(1, places + 1)),
        "every answer is a success": set(storm.answers.statuses) == {302},
        "the same key gets the same answer, that of the person's place": all(
            told == {(302, own.get(user_id, ""))} for user_id, told in storm.told.items()
        ),
    }


def main() -> int:
    """Run the drill."""
    given = staging.options("seat_storm")
    with (
        TemporaryDirectory() as name,
        staging.database(given, Path(name)) as url,
        house(url, rate_limits="0") as at,
    ):
        figures, holds = _drill(at, given)
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
