"""What a seat costs: POST enrol with the key of the request, beside a hello world in JSON.

Each enrolment is of somebody new, signed in: "seat" in an offering with room for all, "queue" in
one with room for the first alone. "seat again" sends the same key once more. Requests go over HTTP
to the server as it runs, whose hello world is the yardstick; and through werkzeug's test client
inside this process ("in process"), with a yardstick of its own that has no server to pay for.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from flask import Flask

from benchmarks import measuring
from benchmarks.served import Answer, Server, serving_it
from lms.db import transaction
from tests.drills import seating
from tests.drills.seating import Person

CALLS = 5
Fields = Mapping[str, str]
Send = Callable[[str, Fields, Fields], Answer]
"""Posts fields to a path, with headers."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    with measuring.institute(asked.database) as app:
        rounds = asked.pick(small=20, full=200)
        inside = measuring.compare(app, in_process(app, rounds), rounds=rounds, calls=CALLS)
        over = _over_http(app, rounds)
    seen = {figure.name: figure.statements for figure in inside}
    figures = [replace(figure, statements=seen[figure.name]) for figure in over]
    figures += [replace(figure, name=f"{figure.name}, in process") for figure in inside]
    measuring.report("seats", asked, figures)


def in_process(app: Flask, rounds: int) -> dict[str, measuring.Call]:
    """The yardstick, a seat, a place in the queue, and an answer that was given before."""
    client = app.test_client(use_cookies=False)

    def send(path: str, fields: Fields, headers: Fields) -> Answer:
        with client.post(path, data=fields, headers=headers) as answer:
            return Answer(answer.status_code, answer.location or "", len(answer.data))

    return _cases(app, rounds, measuring.getting(client, measuring.HELLO), send)


def _over_http(app: Flask, rounds: int) -> list[measuring.Figure]:
    server: Server

    def hello() -> int:
        return server.getting(measuring.HELLO)()

    def send(path: str, fields: Fields, headers: Fields) -> Answer:
        return server.ask("POST", path, body=urlencode(fields), headers={**headers, **_FORM})

    cases = _cases(app, rounds, hello, send)
    with serving_it(app) as server:
        return measuring.compare(app, cases, rounds=rounds, calls=CALLS, spent_ms=server.spent_ms)


def _cases(app: Flask, rounds: int, hello: measuring.Call, send: Send) -> dict[str, measuring.Call]:
    comers = rounds * CALLS + 2  # to warm up, and to count statements
    with app.app_context(), transaction():
        roomy, full = seating.offering(comers), seating.offering(1)
        paths = [f"/offerings/{each.public_id}/enrol" for each in (roomy, full)]
        known, *people = seating.people(app, 2 * comers + 1)
    seat, wait = (
        _enrolling(send, path, iter(people[start::2])) for start, path in enumerate(paths)
    )
    key = secrets.token_urlsafe(16)
    return {
        "hello": hello,
        "seat": seat,
        "queue": wait,
        "seat again": lambda: _post(send, paths[0], known, key),
    }


def _enrolling(send: Send, path: str, people: Iterator[Person]) -> measuring.Call:
    return lambda: _post(send, path, next(people), secrets.token_urlsafe(16))


def _post(send: Send, path: str, who: Person, key: str) -> int:
    answer = send(path, {"csrf_token": who.token}, {"Cookie": who.cookie, "Idempotency-Key": key})
    if answer.status != 302 or "/places/" not in answer.location:
        raise SystemExit(f"{path} answered {answer.status}")
    return answer.size


if __name__ == "__main__":
    main()
