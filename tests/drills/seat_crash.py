"""SIGKILL the web process while people ask for seats, give them up, and ask again for answers.

Everybody insists with the key of the request until an answer comes, and some ask once more later:
no answer that was given may be missing from the database, or be another one the next time. The
control does not keep answers.
"""

import os
import secrets
import signal
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from lms.db import transaction
from lms.repeats import service as repeats
from tests.drills import seating, staging
from tests.drills.hosting import House, answering, house, parent, served
from tests.drills.seating import Answers, Line, Person, Told, Work
from tests.drills.standing import Standing, standing

CONNECTIONS = 48
LEAVES = 6
"""One in so many gives up the place again."""


def _weaken(given: staging.Options) -> None:
    if given.control:
        repeats.keep = lambda *_given, **_more: True


class Clients:
    """People who insist on an answer, and what they were told."""

    def __init__(self, people: list[Person], path: str) -> None:
        self.people, self.path = people, path
        self.answers = Answers()
        self.enrolled: dict[int, Told] = {}
        self.left: dict[int, Told] = {}
        self.changed: list[str] = []
        self.asked_again = 0

    @property
    def served(self) -> int:
        """How many people have been answered."""
        return len(self.enrolled)

    def tasks(self) -> list[Work]:
        """What each does, one after another."""
        return [self._story(number, person) for number, person in enumerate(self.people)]

    def _story(self, number: int, person: Person) -> Work:
        def live(line: Line) -> None:
            keys = [secrets.token_urlsafe(16) for _ in range(2)]
            first = self._ask(line, self.path, person, keys[0])
            self.enrolled[person.id] = first
            if number % LEAVES:
                return
            leave = f"{first.location}/withdraw"
            self.left[person.id] = gone = self._ask(line, leave, person, keys[1])
            for path, key, told in ((self.path, keys[0], first), (leave, keys[1], gone)):
                again = self._ask(line, path, person, key)
                self.asked_again += 1
                if (again.status, again.location) != (told.status, told.location):
                    self.changed.append(f"{told} became {again}")

        return live

    def _ask(self, line: Line, path: str, person: Person, key: str) -> Told:
        began = time.monotonic()
        told = line.insist(path, person, key)
        self.answers.note(told, time.monotonic() - began)
        return told

    def missing(self, found: Standing) -> list[str]:
        """What was acknowledged and is not so."""
        states = {(row.user_id, f"/places/{row.public_id}"): row.state for row in found.rows}
        wrong = []
        for user_id, told in self.enrolled.items():
            state = states.get((user_id, told.location))
            if state is None or (state == "withdrawn") != (user_id in self.left):
                wrong.append(f"{told.location} is {state}")
        return wrong


def _kill(first: int, clients: Clients, kills: int) -> int:
    """Kill whoever answers, each time a share of the people is served; returns how often."""
    master, done = parent(first), 0
    for number in range(kills):
        goal = (number + 1) * len(clients.people) // (kills + 1)
        until = time.monotonic() + 600
        while clients.served < goal and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(answering(master), signal.SIGKILL)
        done += 1
    return done


def _drill(at: House, given: staging.Options) -> tuple[dict[str, object], dict[str, bool]]:
    number, kills = (4000, 6) if given.full else (300, 2)
    places = number // 20
    with transaction():
        offering = seating.offering(places)
        path, offering_id = f"/offerings/{offering.public_id}/enrol", offering.id
        clients = Clients(seating.people(at.app, number), path)
    done: list[int] = []
    began = time.monotonic()
    with served(at, worker=False, weaken=lambda: _weaken(given)) as first:
        killer = threading.Thread(target=lambda: done.append(_kill(first, clients, kills)))
        killer.start()
        broken = seating.work(at.port, clients.tasks(), CONNECTIONS)
        killer.join()
    found = standing(offering_id)
    missing = clients.missing(found)
    figures: dict[str, object] = {
        "people": number,
        "kills": sum(done),
        "acknowledged": len(clients.enrolled) + len(clients.left),
        "missing": len(missing),
        "changed": len(clients.changed),
        "asked_again": clients.asked_again,
        "wrong": [*missing, *clients.changed][:3],
        "confirmed": found.count("confirmed"),
        "waiting": found.count("waiting"),
        "withdrawn": found.count("withdrawn"),
        **clients.answers.figures(),
        "clients_broken": broken[:3],
        "seconds": round(time.monotonic() - began, 1),
    }
    return figures, found.holds | {
        "every kill was done, and felt": sum(done) == kills
        and clients.answers.tries > sum(clients.answers.statuses.values()),
        "no acknowledged answer is missing": not missing,
        "no answer has changed": not clients.changed,
        "one place each": len(found.rows) == number,
        "all seats are taken": found.count("confirmed") == places,
        "every answer is a success": set(clients.answers.statuses) == {302},
        "clients are whole": not broken,
    }


def main() -> int:
    """Run the drill."""
    given = staging.options("seat_crash")
    with (
        TemporaryDirectory() as name,
        staging.database(given, Path(name)) as url,
        house(url, rate_limits="0") as at,
    ):
        figures, holds = _drill(at, given)
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
