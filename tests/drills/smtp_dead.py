"""Let the mail server refuse, hang, die and lie: people work on, and each mail arrives once.

A real small server on this machine misbehaves in every way in turn while passwords are asked for,
then comes back. Seconds of the back-off are shorter here than in life. The control hands the mail
over inside the transaction of the act.
"""

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from lms import create_app
from lms.db import db, transaction
from lms.jobs import engine, rules
from lms.jobs.port import enqueue
from lms.kernel import clock
from lms.mail import transport
from lms.mail.models import MailMessage
from lms.people import resets
from lms.people.account_models import PasswordReset
from lms.web.running import settings
from tests import make
from tests.drills import acts, staging
from tests.drills.crew import WORKERS, Crew
from tests.drills.post_office import UNKNOWN, PostOffice

MOODS = ("closed", "hangs", "greets badly", "full", "dies", "forgets", "lingers")
LONGEST_ACT = 2.0
RECOVERY = 30.0
OTHER_WORK = 5
OTHER_WAITS = 10.0


def hasten() -> None:
    """Minutes become seconds: the same back-off and the same rest, on another scale."""
    rules.SECOND = timedelta(seconds=0.05)
    rules.LONGEST = timedelta(seconds=3)
    transport.GREETING_SECONDS = transport.SECONDS = 0.4
    transport.REST_SECONDS, transport.PARTING_SECONDS = 0.6, 0.1


class Town:
    """People who ask for new passwords, and what came of it."""

    def __init__(self, at: staging.Stage, office: PostOffice) -> None:
        self.at, self.office = at, office
        self.asked = self.failed = 0
        self.slowest = 0.0
        self.other_work: dict[str, float] = {}

    def new_crew(self) -> Crew:
        """A group of workers that shares nothing with the server."""

        def prepare() -> None:
            self.office.let_go()
            hasten()

        return Crew(self.at, prepare)

    def act(self, email: str) -> None:
        """One business act with a mail."""
        began = time.monotonic()
        try:
            with transaction():
                resets.mail_token(email, "https://sijil.example", now=clock.now())
                if self.at.options.control:
                    _carry_now(email)
            self.asked += 1
        except Exception:  # noqa: BLE001  # whatever it is, the act failed
            self.failed += 1
        db.session.remove()
        self.slowest = max(self.slowest, time.monotonic() - began)

    def suffer(self, mood: str, emails: list[str]) -> None:
        """Act while the server is in this mood, and see whether other jobs are done meanwhile."""
        self.office.mood = mood
        if mood == "closed":
            self.office.close()
        for email in emails:
            self.act(email)
        self.other_work[mood] = self._other_jobs()
        time.sleep(transport.REST_SECONDS)
        if mood == "closed":
            self.office.open()
        else:
            self._until_met(mood)

    def _until_met(self, mood: str) -> None:
        # The workers may rest from the mood before for longer on a busy machine.
        began = time.monotonic()
        while not self.office.met[mood] and time.monotonic() - began < OTHER_WAITS:
            time.sleep(0.05)

    def _other_jobs(self) -> float:
        before, began = len(self.other_work) * OTHER_WORK, time.monotonic()
        with transaction():
            for number in range(before, before + OTHER_WORK):
                db.session.execute(acts.DECIDE, {"n": number})
                enqueue(acts.CERTIFICATE, number=number)
        while staging.done() < before + OTHER_WORK and time.monotonic() - began < OTHER_WAITS:
            time.sleep(0.05)
        return round(time.monotonic() - began, 1)


def _carry_now(email: str) -> None:
    query = select(MailMessage).where(MailMessage.address == email).order_by(MailMessage.id.desc())
    message = db.session.scalars(query.limit(1)).one()
    transport.carry(transport.envelope(message, settings()), settings())


def _everything_left(patience: float) -> float:
    """Seconds until no mail is under way any more."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        left = staging.counts()
        if left.waiting == left.running == 0:
            break
        time.sleep(0.1)
    return round(time.monotonic() - began, 1)


def _killed_at_the_worst_moment(town: Town, crew: Crew, emails: list[str], kills: int) -> Crew:
    """Kill all workers when the server has taken a mail and nobody has noted it."""
    for number in range(kills):
        struck = threading.Event()

        def strike(victim: Crew = crew, struck: threading.Event = struck) -> None:
            if not struck.is_set():
                struck.set()
                os.killpg(victim.pid, signal.SIGKILL)

        town.office.on_taken = strike
        for email in emails[number::kills]:
            town.act(email)
        struck.wait(RECOVERY)
        town.office.on_taken = lambda: None
        crew.kill()
        crew = town.new_crew()
    return crew


def _app(folder: Path, url: str) -> Flask:
    return create_app({"instance": folder, "database_url": url})


def _drill(at: staging.Stage, office: PostOffice) -> tuple[Town, dict[str, object]]:
    given = at.options
    each, kills = (40, 6) if given.full else (6, 2)
    emails = [f"person{number}@drill.example" for number in range(each - 1)]
    emails += [f"{UNKNOWN}@drill.example"]
    with transaction():
        for email in emails:
            make.make_user(email=email)
    town = Town(at, office)
    crew = town.new_crew()
    for mood in MOODS:
        town.suffer(mood, emails)
    office.mood = "well"
    recovered = _everything_left(RECOVERY)
    if not given.control:
        crew = _killed_at_the_worst_moment(town, crew, emails, kills)
    _everything_left(RECOVERY)
    crew.stop()
    return town, {"kills": 0 if given.control else kills, "recovered_after": recovered}


def _accounts(town: Town) -> dict[str, object]:
    """What was asked for, what arrived, what was given up."""
    db.session.rollback()
    written = db.session.scalar(select(func.count(PasswordReset.id))) or 0
    unsent = list(
        db.session.scalars(select(MailMessage.address).where(MailMessage.sent_at.is_(None)))
    )
    ids = {
        f"<{public_id}@{settings().mail_from.rpartition('@')[2]}>"
        for public_id in db.session.scalars(
            select(MailMessage.public_id).where(MailMessage.sent_at.is_not(None))
        )
    }
    dead = engine.chosen().dead(10_000)
    left = staging.counts()
    return {
        "acts": town.asked + town.failed,
        "acts_failed": town.failed,
        "slowest_act": round(town.slowest, 2),
        "acts_written": written,
        "other_work_seconds": town.other_work,
        "connections": dict(town.office.met),
        "sent": len(ids),
        "arrived": len(town.office.taken),
        "strangers": len(set(town.office.taken) ^ ids),
        "repeats": sum(town.office.taken.values()) - len(town.office.taken),
        "answers_lost": town.office.forgotten,
        "dead": len(dead),
        "dead_reasons": sorted({one.reason or "" for one in dead}),
        "unsent_but_deliverable": sum(not address.startswith(UNKNOWN) for address in unsent),
        "left_in_queue": left.waiting + left.running,
    }


def main() -> int:
    """Run the drill."""
    given = staging.options("smtp_dead")
    office = PostOffice()
    os.environ["LMS_SMTP_URL"] = f"smtp://127.0.0.1:{office.port}"
    hasten()
    office.open()
    began = time.monotonic()
    with staging.stage(given, _app) as at:
        town, figures = _drill(at, office)
        figures |= _accounts(town)
    figures["seconds"] = round(time.monotonic() - began, 1)
    refused = len(MOODS) + (figures["kills"] != 0)
    repeats, lost_answers = int(str(figures["repeats"])), town.office.forgotten
    holds = {
        "the mails met every mood": {*MOODS, "well"} - {*office.met, "closed"} == set(),
        "no act fails because of mail": town.failed == 0,
        "no act waits for mail": town.slowest < LONGEST_ACT,
        "what was acted is written": figures["acts_written"] == town.asked,
        "other jobs are done meanwhile": max(town.other_work.values()) < OTHER_WAITS,
        "all mails leave soon after": float(str(figures["recovered_after"])) < RECOVERY,
        "each arrives": figures["unsent_but_deliverable"] == figures["strangers"] == 0,
        "none twice but for lost answers and kills": repeats
        <= lost_answers + WORKERS * int(str(figures["kills"])),
        "refused recipients are given up with the reason": figures["dead"] == refused
        and all("550" in reason for reason in figures["dead_reasons"]),  # type: ignore[attr-defined]
        "nothing is left": figures["left_in_queue"] == 0,
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
