"""How an offering stands after a drill: its rows, its counters, and its history told again."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue.models import SeatPool
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.enrolment.states import ENDED, SEATED


@dataclass(frozen=True)
class Row:
    """A place as it stands."""

    public_id: str
    user_id: int
    state: str
    ticket: int
    rank: int


@dataclass(frozen=True)
class Standing:
    """One pool and all its places, by ticket."""

    capacity: int
    taken: int
    waiting: int
    last_ticket: int
    rows: list[Row]

    def count(self, *states: str) -> int:
        """Places in these states."""
        return sum(row.state in states for row in self.rows)

    @property
    def seated(self) -> int:
        """Places that keep a seat."""
        return self.count(*SEATED)

    @property
    def twice(self) -> int:
        """People with more than one place that has not ended."""
        active = Counter(row.user_id for row in self.rows if row.state not in ENDED)
        return sum(number > 1 for number in active.values())

    @property
    def holds(self) -> dict[str, bool]:
        """What is true of every pool at any time."""
        return {
            "no seat sold twice": self.seated <= self.capacity,
            "counters are rows": (self.taken, self.waiting) == (self.seated, self.count("waiting")),
            "no free seat while somebody waits": not self.waiting or self.taken >= self.capacity,
            "nobody has two places": not self.twice,
            "tickets without gaps": [row.ticket for row in self.rows]
            == list(range(1, self.last_ticket + 1)),
        }


def standing(offering_id: int) -> Standing:
    """Read an offering with one pool."""
    db.session.rollback()
    pool = db.session.scalars(select(SeatPool).where(SeatPool.offering_id == offering_id)).one()
    query = (
        select(
            Enrolment.public_id,
            Enrolment.user_id,
            Enrolment.state,
            Enrolment.ticket,
            Enrolment.rank,
        )
        .where(Enrolment.offering_id == offering_id)
        .order_by(Enrolment.ticket)
    )
    rows = [
        Row(row.public_id, row.user_id, row.state, row.ticket or 0, row.rank)
        for row in db.session.execute(query)
    ]
    found = Standing(pool.capacity, pool.taken, pool.waiting, pool.ticket, rows)
    db.session.rollback()
    return found


def out_of_turn(offering_id: int) -> tuple[int, int]:
    """Promotions, and how many of them passed somebody over: by rank, then by ticket.

    Tells the audit trail again: its rows of one pool are written while the pool is held, so their
    order is the order of what happened.
    """
    db.session.rollback()
    ours = Enrolment.offering_id == offering_id
    places = select(Enrolment.id, Enrolment.rank, Enrolment.ticket).where(ours)
    turns = {row.id: (row.rank, row.ticket) for row in db.session.execute(places)}
    told = (
        select(AuditEntry.object_id, AuditEntry.details)
        .where(
            AuditEntry.object_type == "enrolment",
            AuditEntry.object_id.in_(select(Enrolment.id).where(ours)),
        )
        .order_by(AuditEntry.id)
    )
    queue: set[int] = set()
    promotions = wrong = 0
    for place_id, details in db.session.execute(told):
        before, after = details["changes"]["state"]
        if before == "waiting" and after == "confirmed":
            promotions += 1
            wrong += turns[place_id] != min(turns[each] for each in queue)
        queue.discard(place_id)
        if after == "waiting":
            queue.add(place_id)
        elif before is None and after == "confirmed":
            wrong += bool(queue)  # a seat while others wait
    db.session.rollback()
    return promotions, wrong
