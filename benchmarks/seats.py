"""What a seat costs: POST enrol with the key of the request, beside a hello world in JSON.

Requests go through werkzeug's test client inside this process: no sockets and no server, and the
client's own work counts for every row alike. Each enrolment is of somebody new, signed in: "seat"
in an offering with room for all, "queue" in one with room for the first alone. "seat again" sends
the same key once more.
"""

import secrets
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient

from benchmarks import measuring
from lms.db import transaction
from tests.drills import seating
from tests.drills.seating import Person

CALLS = 5


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    with measuring.institute(asked.database) as app:
        rounds = asked.pick(small=20, full=200)
        figures = measuring.compare(app, cases(app, rounds), rounds=rounds, calls=CALLS)
    measuring.report("seats", asked, figures)


def cases(app: Flask, rounds: int) -> dict[str, measuring.Call]:
    """The yardstick, a seat, a place in the queue, and an answer that was given before."""
    comers = rounds * CALLS + 2  # to warm up, and to count statements
    with app.app_context(), transaction():
        roomy, full = seating.offering(comers), seating.offering(1)
        paths = [f"/offerings/{each.public_id}/enrol" for each in (roomy, full)]
        known, *people = seating.people(app, 2 * comers + 1)
    client = app.test_client(use_cookies=False)
    seat, wait = (
        _enrolling(client, path, iter(people[start::2])) for start, path in enumerate(paths)
    )
    key = secrets.token_urlsafe(16)
    return {
        "hello": measuring.getting(client, measuring.HELLO),
        "seat": seat,
        "queue": wait,
        "seat again": lambda: _post(client, paths[0], known, key),
    }


def _enrolling(client: FlaskClient, path: str, people: Iterator[Person]) -> measuring.Call:
    return lambda: _post(client, path, next(people), secrets.token_urlsafe(16))


def _post(client: FlaskClient, path: str, who: Person, key: str) -> int:
    headers = {"Cookie": who.cookie, "Idempotency-Key": key}
    with client.post(path, data={"csrf_token": who.token}, headers=headers) as answer:
        if answer.status_code != 302 or "/places/" not in (answer.location or ""):
            raise SystemExit(f"{path} answered {answer.status}")
        return len(answer.data)


if __name__ == "__main__":
    main()
