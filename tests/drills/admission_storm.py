"""More offers at once than an intake has places, answers against lapses, one time for many.

Managers offer places and press the button twice; applicants answer, twice as well, while their
offers run out; others choose interview times that are too few. ``taken`` is what holds a place and
never passes the places, nobody is offered one twice, a time is one person's and whoever was given
one keeps one. The control holds no rows: it reads, then writes.
"""

import random
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import func, select, update

from lms.admissions import jobs, judging, recording, service
from lms.admissions.models import Application, Intake, InterviewSlot
from lms.admissions.states import HOLDING, State
from lms.audit.models import AuditEntry
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.people.models import RoleGrant, User
from tests.admissions import making
from tests.drills import seating, staging
from tests.drills.hosting import House, house, served
from tests.drills.seating import Answers, Fields, Line, Person, Work

CONTROL_ON = "postgresql"  # SQLite lets one writer in at a time: there even this is right
CONNECTIONS = 32
MANAGERS = 4
RUN_OUT = 1.0  # seconds until the offers are over, in the midst of the answers
ENDS = ("accepted", "declined", "lapsed")


def _weaken(given: staging.Options) -> None:
    if given.control:
        for module in (service, judging, recording):
            vars(module)["lock"] = lambda _row: None  # this is the protection


@dataclass(frozen=True)
class Call:
    """An intake with its applications, by public id, and the people who sent them."""

    intake_id: int
    of: dict[str, Person]

    def count(self, *states: State) -> int:
        """How many applications stand there."""
        query = select(func.count()).where(
            Application.intake_id == self.intake_id,
            Application.state.in_([state.value for state in states]),
        )
        return db.session.scalar(query) or 0

    @property
    def taken(self) -> int:
        """The places that the intake counts."""
        found = select(Intake.taken).where(Intake.id == self.intake_id)
        return db.session.scalar(found) or 0

    def done(self) -> dict[int | None, Counter[str]]:
        """How often each deed was done to each application, as the trail has it."""
        mine = select(Application.id).where(Application.intake_id == self.intake_id)
        query = select(AuditEntry.object_id, AuditEntry.action).where(
            AuditEntry.object_type == "application", AuditEntry.object_id.in_(mine)
        )
        found: dict[int | None, Counter[str]] = {}
        for key, action in db.session.execute(query):
            found.setdefault(key, Counter())[action.removeprefix("admissions.")] += 1
        return found


def _call(app: Flask, number: int, *, places: int, slots: int = 0) -> Call:
    intake = making.make_intake(members=1, places=places, interview=bool(slots))
    by, now = intake.members[0].user_id, clock.now()
    for each in range(slots):
        begins = now + timedelta(days=2, hours=each)
        db.session.add(
            InterviewSlot(
                intake=intake, starts_at=begins, ends_at=begins + timedelta(hours=1), place="Room"
            )
        )
    of = {}
    for person in seating.people(app, number):
        found = making.make_application(intake, db.session.get_one(User, person.id))
        if slots:
            judging.invite(found, by=by)
        else:
            judging.recommend(found, by, admit=True, reason="Because", now=now)
        of[found.public_id] = person
    return Call(intake.id, of)


def _managers(app: Flask, intake_id: int) -> list[Person]:
    provider = db.session.get_one(Intake, intake_id).programme.provider
    found = seating.people(app, MANAGERS)
    for each in found:
        role = Role.COURSE_MANAGER.value
        db.session.add(RoleGrant(user_id=each.id, role=role, organisation_id=provider.id))
    return found


class Storm:
    """The requests of one run, and what they were told."""

    def __init__(self, at: House) -> None:
        self.at, self.answers, self.broken = at, Answers(), list[str]()

    def ask(self, path: str, who: Person, fields: Fields, *, within: float = 0) -> Work:
        """One request, some time after the one before."""
        pause = random.uniform(0, within)  # noqa: S311  # no secret

        def asked(line: Line) -> None:
            time.sleep(pause)
            began = time.monotonic()
            told = line.insist(path, who, secrets.token_urlsafe(16), fields)
            self.answers.note(told, time.monotonic() - began)

        return asked

    def twice(self, works: Iterable[Work]) -> None:
        """Everybody presses the button twice, in any order."""
        tasks = [work for work in works for _ in range(2)]
        self.broken += seating.work(self.at.port, random.sample(tasks, len(tasks)), CONNECTIONS)


def _offers(storm: Storm, call: Call, managers: list[Person]) -> list[Work]:
    offer = {"deed": "offered", "reason": ""}
    return [
        storm.ask(f"/applications/{key}/decision", random.choice(managers), offer)  # noqa: S311
        for key in call.of
    ]


def _race(storm: Storm, call: Call, managers: list[Person]) -> None:
    """Answers, the end of the offers, and new offers for what has come back."""
    until = clock.now() + timedelta(seconds=RUN_OUT)
    with transaction():
        offered = select(Application.id, Application.public_id).where(
            Application.intake_id == call.intake_id, Application.state == State.OFFERED.value
        )
        rows = [(key, public_id) for key, public_id in db.session.execute(offered)]
        ids = [key for key, _ in rows]
        db.session.execute(
            update(Application).where(Application.id.in_(ids)).values(offer_until=until)
        )
    lapsing = threading.Thread(target=_lapse, args=(storm.at.app, ids, until))
    lapsing.start()
    answers = [
        storm.ask(
            f"/applications/{key}/answer", call.of[key], {"decision": "yes"}, within=1.5 * RUN_OUT
        )
        for _, key in rows
    ]
    storm.twice(answers)
    storm.twice(_offers(storm, call, managers))
    lapsing.join()


def _lapse(app: Flask, ids: list[int], until: datetime) -> None:
    with app.app_context():
        while clock.now() < until + timedelta(seconds=RUN_OUT):
            for each in ids:
                jobs.lapse(each)
                time.sleep(0.01)  # SQLite's writers take turns
        db.session.remove()


def _interviews(storm: Storm, call: Call) -> None:
    query = select(InterviewSlot.public_id).where(InterviewSlot.intake_id == call.intake_id)
    slots = list(db.session.scalars(query))
    storm.twice(
        storm.ask(f"/applications/{key}/interview", person, {"slot": slot})
        for key, person in call.of.items()
        for slot in random.sample(slots, 2)
    )


@dataclass(frozen=True)
class Times:
    """Whose the interview times are in the end, and how often each applicant was given one."""

    kept: list[int]
    given: dict[int | None, int]
    left: int

    @classmethod
    def of(cls, call: Call) -> "Times":
        """Those of an intake."""
        query = select(InterviewSlot.application_id)
        found = list(db.session.scalars(query.where(InterviewSlot.intake_id == call.intake_id)))
        kept = [key for key in found if key is not None]
        given = {key: each["slot.chosen"] for key, each in call.done().items()}
        return cls(kept, {key: n for key, n in given.items() if n}, len(found) - len(kept))

    @property
    def moves(self) -> int:
        """Choices beyond each applicant's first: each frees a time, maybe after all have asked."""
        return sum(self.given.values()) - len(self.given)

    @property
    def are_one_persons(self) -> bool:
        """Everybody who was given a time holds exactly one, and nobody else does."""
        return sorted(self.kept) == sorted(key for key in self.given if key is not None)


def _drill(at: House, given: staging.Options) -> tuple[dict[str, object], dict[str, bool]]:
    number, places, slots = (600, 60, 60) if given.full else (16, 6, 4)
    with transaction():
        call = _call(at.app, number, places=places)
        talks = _call(at.app, number, places=places, slots=slots)
        managers = _managers(at.app, call.intake_id)
    storm = Storm(at)
    with served(at, worker=False, weaken=lambda: _weaken(given)):
        storm.twice(_offers(storm, call, managers))
        first = (call.count(State.OFFERED), call.taken)
        db.session.rollback()
        _race(storm, call, managers)
        _interviews(storm, talks)
    db.session.rollback()
    done, holding, times = call.done().values(), call.count(*HOLDING), Times.of(talks)
    figures: dict[str, object] = {
        "applications": number,
        "places": places,
        "offered_at_once": first[0],
        "taken_at_once": first[1],
        "accepted": call.count(State.ACCEPTED),
        "lapsed": call.count(State.LAPSED),
        "holding": holding,
        "taken": call.taken,
        "times_chosen": len(times.kept),
        "times_moved": times.moves,
        **storm.answers.figures(),
        "clients_broken": storm.broken[:3],
    }
    return figures, {
        "as many are offered at once as there are places": first == (places, places),
        "taken is what holds a place": call.taken == holding <= places,
        "nobody is offered a place twice": all(each["offered"] <= 1 for each in done),
        "an offer ends once": all(sum(each[end] for end in ENDS) <= 1 for each in done),
        "a time is one person's, who was given it": bool(times.kept) and times.are_one_persons,
        "none is left over but where somebody moved": times.left <= times.moves,
        "every answer is a success or a refusal": set(storm.answers.statuses) <= {302, 409, 422},
        "clients are whole": not storm.broken,
    }


def main() -> int:
    """Run the drill."""
    given = staging.options("admission_storm")
    with (
        TemporaryDirectory() as name,
        staging.database(given, Path(name)) as url,
        house(url, rate_limits="0") as at,
    ):
        figures, holds = _drill(at, given)
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
