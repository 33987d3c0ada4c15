"""Restart, crash and pause the database under people at work: nothing that was told is untrue.

On PostgreSQL a cluster of the drill's own is restarted, stopped in the middle and paused; on SQLite
another writer holds the file for longer than anybody waits. The control does not look at
connections before it uses them, and answers as if the database could not rest.
"""

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import func, select

from lms import connections, resting
from lms.catalogue import service as catalogue_service
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.enrolment.models import Enrolment
from lms.kernel import clock
from lms.mail.models import MailMessage
from lms.people import passwords
from lms.people import service as people_service
from lms.people.account_models import PasswordReset
from lms.people.models import User
from tests import make
from tests.drills import staging
from tests.drills.browsing import Browser
from tests.drills.cluster import Cluster, Unavailable, binaries, cluster
from tests.drills.crowd import KINDS, Crowd, Seen
from tests.drills.hosting import House, house, served

CONTROL_ON = "postgresql"
PASSWORD = "perahu kertas di muara"
CAPACITY = 40
LEARNERS = 3
RECOVERY = 30.0
DOWN = 2.0
# A writer's patience when the drill is small; else it is the real one.
SHORT_PATIENCE = 2.0

Trouble = tuple[str, Callable[[], None]]


@contextmanager
def _installed(given: staging.Options) -> Iterator[tuple[House, list[Trouble]]]:
    if given.database == "sqlite":
        with house("sqlite:///sijil.sqlite3", sample=True) as at:
            patience = connections.BUSY_SECONDS if given.full else SHORT_PATIENCE
            yield at, [("locked", lambda: _hold_the_file(at, patience + 2))]
        return
    programs = binaries()
    assert programs is not None
    with cluster(programs) as own, house(own.url, sample=True) as at:
        troubles = _troubles(own, full=given.full and not given.control)
        # The first one shows already what the control lacks.
        yield at, troubles[:1] if given.control else troubles


_is_down = threading.Event()


def _hold_the_file(at: House, seconds: float) -> None:
    writer = sqlite3.connect(at.folder / "sijil.sqlite3", isolation_level=None, timeout=30)
    writer.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)
    writer.execute("ROLLBACK")
    writer.close()


def _troubles(own: Cluster, *, full: bool) -> list[Trouble]:
    def restart(how: str) -> Callable[[], None]:
        def act() -> None:
            own.stop(how)
            _is_down.set()
            time.sleep(DOWN if full else DOWN / 2)
            _is_down.clear()
            own.start()

        return act

    crashes = 3 if full else 1
    return [
        ("fast", restart("fast")),
        *((f"immediate {number + 1}", restart("immediate")) for number in range(crashes)),
        ("paused", lambda: own.pause(10.0 if full else 3.0)),
    ]


def _people_and_a_course(full: bool) -> tuple[list[str], str]:  # noqa: FBT001
    known = passwords.make_hash(PASSWORD)
    now = clock.now()
    emails = [f"learner{number}@drill.example" for number in range(900 if full else 200)]
    with transaction():
        for number, email in enumerate(emails):
            people_service.create_user(f"Learner {number}", email, password_hash=known, locale="en")
        facts = make.offering_facts(
            capacity=CAPACITY, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=30)
        )
        offering = catalogue_service.create_offering(make.make_course(), facts, by=None)
        catalogue_service.open_offering(offering, by=None)
        public_id = offering.public_id
    return emails, public_id


def _weaken(given: staging.Options) -> None:
    if not given.full:
        connections.BUSY_SECONDS = SHORT_PATIENCE
    if given.control:
        connections.look_before_use = lambda engine: None  # noqa: ARG005  # its name is part of it
        resting.is_resting = lambda error: False  # noqa: ARG005  # its name is part of it


def _until_ready(at: House) -> None:
    until = time.monotonic() + RECOVERY
    while time.monotonic() < until:
        if Browser(at.port, "10.3.0.4").get("/readyz").status == 200:
            return
        time.sleep(0.1)


def _suffer(at: House, seen: Seen, trouble: Trouble) -> dict[str, object]:
    """One trouble: what /readyz said in it, and how long each kind of work took to come back."""
    name, act = trouble
    before = seen.answers[503]
    act()
    ended = time.monotonic()
    until = ended + RECOVERY
    ready: float | None = None
    while time.monotonic() < until:
        if ready is None and Browser(at.port, "10.3.0.1").get("/readyz").status == 200:
            ready = time.monotonic() - ended
        if ready is not None and all(seen.first_good(kind, ended) for kind in KINDS):
            break
        time.sleep(0.2)
    back = {kind: seen.first_good(kind, ended) for kind in KINDS}
    return {
        "trouble": name,
        "answers_503": seen.answers[503] - before,
        "ready_after": _rounded(ready),
        **{f"{kind}_after": _rounded(seconds) for kind, seconds in back.items()},
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _asked_while_down(at: House, trouble: Trouble, told: list[int]) -> Trouble:
    """The same trouble, in whose midst /readyz is asked."""
    name, act = trouble

    def ask() -> None:
        _is_down.wait(DOWN * 0.6)  # what only stands still says nothing
        told.append(Browser(at.port, "10.3.0.2", patience=1.0).get("/readyz").status)

    def both() -> None:
        asking = threading.Thread(target=ask)
        asking.start()
        act()
        asking.join()

    return name, both


def _kept(seen: Seen) -> dict[str, int]:
    """What was acknowledged and is not there."""
    db.session.rollback()
    rows = db.session.execute(
        select(User.email, Enrolment.public_id).join(Enrolment, Enrolment.user_id == User.id)
    )
    places = {row.email: row.public_id for row in rows}
    linked = set(db.session.scalars(select(User.email).join(PasswordReset)))
    mailed = select(MailMessage.address).where(MailMessage.sent_at.is_not(None))
    sent = set(db.session.scalars(mailed))
    taken = (
        select(func.count(Enrolment.id))
        .join(User, Enrolment.user_id == User.id)
        .where(Enrolment.state == "confirmed", User.email.like("learner%@drill.example"))
    )
    confirmed = db.session.scalar(taken) or 0
    db.session.rollback()
    return {
        "places_lost": sum(places.get(email) != place for email, place in seen.places.items()),
        "links_lost": len(seen.asked - linked),
        "mails_lost": len(seen.asked - sent),
        "seats_taken": confirmed,
    }


def _drill(
    at: House, troubles: list[Trouble], given: staging.Options
) -> tuple[Seen, dict[str, object]]:
    emails, offering = _people_and_a_course(given.full)
    certificate = db.session.scalars(select(Certificate.code).limit(1)).one()
    crowd = Crowd(at.port, offering, certificate, PASSWORD, emails)
    told: list[int] = []
    with served(at, worker=True, weaken=lambda: _weaken(given)):
        with crowd.at_work(LEARNERS) as seen:
            _until_ready(at)
            suffered = [_suffer(at, seen, _asked_while_down(at, each, told)) for each in troubles]
        db.engine.dispose()
        staging.wait_until_idle(5 if given.control else 45)
        left = staging.counts()
        ready = Browser(at.port, "10.3.0.3").get("/readyz").status
        kept = _kept(seen)
    return seen, {
        "troubles": suffered,
        "readyz_in_trouble": told,
        "readyz_at_the_end": ready,
        "jobs_left": left.waiting + left.running,
        "jobs_dead": left.dead,
        **kept,
    }


def main() -> int:
    """Run the drill."""
    given = staging.options("pg_restart")
    if given.database == "postgresql" and binaries() is None:
        print("no PostgreSQL server is installed here")  # noqa: T201  # drills print
        return os.EX_UNAVAILABLE
    try:
        with _installed(given) as (at, troubles):
            seen, figures = _drill(at, troubles, given)
    except Unavailable as why:
        print(f"no cluster can be driven here: {why}")  # noqa: T201  # drills print
        return os.EX_UNAVAILABLE
    figures |= {
        "answers": {str(status): count for status, count in sorted(seen.answers.items())},
        "faults": dict(seen.faults.most_common(8)),
        "places": len(seen.places),
        "links": len(seen.asked),
        "slowest_answer": round(seen.slowest, 1),
    }
    return staging.report(given, figures, _holds(given, seen, figures))


def _holds(given: staging.Options, seen: Seen, figures: dict[str, object]) -> dict[str, bool]:
    suffered = figures["troubles"]
    assert isinstance(suffered, list)
    told = figures["readyz_in_trouble"]
    assert isinstance(told, list)
    lost = (figures["places_lost"], figures["links_lost"], figures["mails_lost"])
    return {
        "every answer is a success or a 503 that helps": not seen.faults,
        "each trouble was felt": all(each["answers_503"] for each in suffered[:-1])
        and seen.answers[503] > 0,
        "what was acknowledged is there": lost == (0, 0, 0),
        "no seat too many": figures["seats_taken"] == min(CAPACITY, len(seen.places)),
        "all work comes back in time": all(
            each[f"{kind}_after"] is not None for each in suffered for kind in (*KINDS, "ready")
        ),
        "readyz tells the truth": given.database == "sqlite" or 200 not in told,
        "and is ready at the end": figures["readyz_at_the_end"] == 200,
        "jobs all done": figures["jobs_left"] == figures["jobs_dead"] == 0,
    }


if __name__ == "__main__":
    sys.exit(main())
