"""People before the doors of an offering: made by the thousand, signed in, with kept connections.

Nobody signs in over HTTP here: rows, cookies and tokens are made as a sign-in makes them.
"""

import queue
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert

from lms.catalogue import service as catalogue_service
from lms.catalogue.models import Offering
from lms.db import db
from lms.kernel import clock
from lms.people import sessions
from lms.people.account_models import UserSession
from lms.people.models import Organisation, User
from tests import make

SECONDS = 60.0
Fields = Mapping[str, str]
NOTHING: Fields = {}
ENOUGH = 400
"""So many tries of one request are enough."""


@dataclass(frozen=True)
class Person:
    """Somebody with an open session."""

    id: int
    cookie: str
    token: str


def people(app: Flask, number: int, *, of: Organisation | None = None) -> list[Person]:
    """So many accounts and their sessions, by two statements; call in a transaction."""
    now = clock.now()
    rows = [_account(secrets.token_hex(8), of) for _ in range(number)]
    made = insert(User).returning(User.id, sort_by_parameter_order=True)
    opened = {user_id: secrets.token_urlsafe(32) for user_id in db.session.scalars(made, rows)}
    db.session.execute(
        insert(UserSession),
        [
            {
                "user_id": user_id,
                "digest": sessions.digest_of(secret),
                "seen_at": now,
                "confirmed_at": now,
            }
            for user_id, secret in opened.items()
        ],
    )
    return [_person(app, user_id, secret) for user_id, secret in opened.items()]


def _account(word: str, of: Organisation | None) -> dict[str, object]:
    return {
        "name": f"Person {word}",
        "name_key": f"person {word}",
        "email": f"{word}@drill.example",
        "email_key": f"{word}@drill.example",
        "password_hash": "none",
        "organisation_id": of.id if of else None,
        "locale": "en",
    }


def _person(app: Flask, user_id: int, secret: str) -> Person:
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    drawn = secrets.token_hex(20)
    cookie = signer.dumps({"_user_id": secret, "_fresh": True, "csrf_token": drawn})
    token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(drawn)
    return Person(user_id, f"{app.config['SESSION_COOKIE_NAME']}={cookie}", str(token))


def offering(seats: int) -> Offering:
    """An open offering that begins in a month; call in a transaction."""
    now = clock.now()
    facts = make.offering_facts(
        capacity=seats,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=20),
        starts_on=(now + timedelta(days=30)).date(),
    )
    made = catalogue_service.create_offering(make.make_course(), facts, by=None)
    catalogue_service.open_offering(made, by=None)
    return made


@dataclass(frozen=True)
class Told:
    """The answer to a request; status 0 when none came."""

    status: int
    location: str
    tries: int = 1


class Line:
    """One connection that is kept, over which anybody's requests go."""

    def __init__(self, port: int) -> None:
        self._made = HTTPConnection("127.0.0.1", port, timeout=SECONDS)

    def post(self, path: str, who: Person, key: str, fields: Fields = NOTHING) -> Told:
        """Send the form of a person with the key of the request, once."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": who.cookie,
            "Idempotency-Key": key,
            "X-Forwarded-For": "10.9.0.1",
        }
        try:
            body = urlencode({"csrf_token": who.token, **fields})
            self._made.request("POST", path, body, headers)
            got = self._made.getresponse()
            got.read()
        except (OSError, HTTPException):
            self._made.close()
            return Told(0, "")
        return Told(got.status, got.headers.get("Location", ""))

    def close(self) -> None:
        """Hang up."""
        self._made.close()

    def insist(self, path: str, who: Person, key: str, fields: Fields = NOTHING) -> Told:
        """Send it until there is an answer other than that the server rests."""
        told, number = Told(0, ""), 0
        while told.status in {0, 503} and number < ENOUGH:
            if number:
                time.sleep(0.05)
            told, number = self.post(path, who, key, fields), number + 1
        return Told(told.status, told.location, number)


@dataclass
class Answers:
    """What many requests were told, and how long they took."""

    statuses: Counter[int] = field(default_factory=Counter)
    tries: int = 0
    seconds: list[float] = field(default_factory=list)

    def note(self, told: Told, seconds: float) -> None:
        """Count one."""
        self.statuses[told.status] += 1
        self.tries += told.tries
        self.seconds.append(seconds)

    def figures(self) -> dict[str, object]:
        """For the report."""
        took = sorted(self.seconds) or [0.0]
        return {
            "answers": {str(status): count for status, count in sorted(self.statuses.items())},
            "tries": self.tries,
            "p50_ms": round(took[len(took) // 2] * 1e3),
            "p99_ms": round(took[len(took) * 99 // 100] * 1e3),
        }


Work = Callable[[Line], None]


def work(port: int, tasks: Iterable[Work], connections: int) -> list[str]:
    """Let so many connections do the tasks in their order; returns what broke in the clients."""
    waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    broken: list[str] = []

    def run() -> None:
        line = Line(port)
        while True:
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                line.close()
                return
            try:
                task(line)
            except Exception as error:  # noqa: BLE001  # a client that breaks must not pass unseen
                broken.append(repr(error))

    threads = [threading.Thread(target=run, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return broken
