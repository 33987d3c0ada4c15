"""Rounds of people who give up their seats against as many who ask for one, all at once.

After each round no seat is free while somebody waits, the counters are the rows, and the history
says that promotion went by rank, then by ticket: a third of the people belong to an agency that is
served first. The control is the popular counter: whoever finds it below the capacity has a seat.
"""

import itertools
import random
import secrets
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from lms.catalogue.models import SeatPool
from lms.db import db, transaction
from lms.enrolment import changing, seats
from lms.enrolment.states import State
from lms.people.models import OrganisationKind
from tests import make
from tests.drills import seating, staging
from tests.drills.hosting import House, house, served
from tests.drills.seating import Answers, Line, Person, Work
from tests.drills.standing import out_of_turn, standing

# What it asks is asked of threads on SQLite by tests/enrolment/test_race.py.
IN_GATE = ("postgresql",)
CONNECTIONS = 40


def _counter(pool_id: int) -> tuple[int, State]:
    below = SeatPool.taken < SeatPool.capacity
    ours = update(SeatPool).where(SeatPool.id == pool_id)
    seat = ours.where(below).values(taken=SeatPool.taken + 1, ticket=SeatPool.ticket + 1)
    queue = ours.values(waiting=SeatPool.waiting + 1, ticket=SeatPool.ticket + 1)
    for statement, state in ((seat, State.CONFIRMED), (queue, State.WAITING)):
        ticket = db.session.scalar(
            statement.returning(SeatPool.ticket).execution_options(synchronize_session=False)
        )
        if ticket is not None:
            db.session.expire_all()
            return ticket, state
    raise AssertionError(pool_id)


def _weaken(given: staging.Options) -> None:
    if given.control:
        seats._ticket = _counter
        seats.settle = lambda *_given, **_more: []


class Churn:
    """The people of one run, and what went wrong after which round."""

    def __init__(self, offering_id: int, public_id: str, people: list[Person], each: int) -> None:
        self.offering_id, self.path, self.each = offering_id, f"/offerings/{public_id}/enrol", each
        self.coming, self.known = iter(people), {person.id: person for person in people}
        self.answers, self.wrong = Answers(), []  # type: tuple[Answers, list[str]]

    def _do(self, path: str, person: Person) -> Work:
        key = secrets.token_urlsafe(16)

        def do(line: Line) -> None:
            began = time.monotonic()
            self.answers.note(line.insist(path, person, key), time.monotonic() - began)

        return do

    def joins(self, number: int) -> list[Work]:
        """New people who ask for a seat."""
        return [self._do(self.path, who) for who in itertools.islice(self.coming, number)]

    def withdrawals(self) -> list[Work]:
        """Some who have a seat give it up."""
        seated = [row for row in standing(self.offering_id).rows if row.state == "confirmed"]
        chosen = random.sample(seated, min(self.each, len(seated)))
        return [
            self._do(f"/places/{row.public_id}/withdraw", self.known[row.user_id]) for row in chosen
        ]

    def look(self, number: int) -> None:
        """After a round: note what does not hold."""
        found = standing(self.offering_id)
        broken = [what for what, good in found.holds.items() if not good]
        self.wrong += [f"round {number}: {what}" for what in broken]


def _prepared(at: House, people: int, seats_: int, each: int) -> Churn:
    with transaction():
        offering = seating.offering(seats_)
        agency = make.make_organisation(kind=OrganisationKind.EMPLOYER)
        changing.set_terms(offering, agency, rank=0, quota=None, by=None)
        crowd = seating.people(at.app, people - people // 3)
        crowd += seating.people(at.app, people // 3, of=agency)
        random.shuffle(crowd)
        return Churn(offering.id, offering.public_id, crowd, each)


def _drill(at: House, given: staging.Options) -> tuple[dict[str, object], dict[str, bool]]:
    rounds, each = (50, 20) if given.full else (3, 8)
    churn = _prepared(at, (rounds + 2) * each, each, each)
    broken: list[str] = []
    began = time.monotonic()
    with served(at, worker=False, weaken=lambda: _weaken(given)):
        broken += seating.work(at.port, churn.joins(2 * each), CONNECTIONS)
        for number in range(rounds):
            deeds = [*churn.withdrawals(), *churn.joins(each)]
            random.shuffle(deeds)
            broken += seating.work(at.port, deeds, CONNECTIONS)
            churn.look(number + 1)
    seconds = time.monotonic() - began
    found = standing(churn.offering_id)
    promotions, wrong = out_of_turn(churn.offering_id)
    figures: dict[str, object] = {
        "rounds": rounds,
        "withdrawals_and_joins_a_round": [each, each],
        "rounds_gone_wrong": len({what.partition(":")[0] for what in churn.wrong}),
        "wrong": churn.wrong[:3],
        "withdrawn": found.count("withdrawn"),
        "promotions": promotions,
        "out_of_turn": wrong,
        **churn.answers.figures(),
        "clients_broken": broken[:3],
        "seconds": round(seconds, 1),
    }
    return figures, {
        "every round ends as it must": not churn.wrong,
        "everybody is served": (found.count("withdrawn"), len(found.rows))
        == (rounds * each, (rounds + 2) * each),
        "promotion goes by rank, then ticket": promotions >= rounds and not wrong,
        "every answer is a success": set(churn.answers.statuses) == {302},
        "clients are whole": not broken,
    }


def main() -> int:
    """Run the drill."""
    given = staging.options("seat_churn")
    with (
        TemporaryDirectory() as name,
        staging.database(given, Path(name)) as url,
        house(url, rate_limits="0") as at,
    ):
        figures, holds = _drill(at, given)
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
