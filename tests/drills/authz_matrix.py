"""Every route asked over HTTP by every role of two providers, compared with the reviewed answers.

The server listens on this machine only and answers one request at a time; what a request did is
taken back before the next. Small asks one visitor a route and set, each in turn, full all of them.
The control opens one rule, everybody signed in may read every place, and asks all of them for the
places of one set: whose turn a route is changes with every route that is added.
"""

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lms.kernel.permissions import RULES, Permission, signed_in
from tests import access, houses
from tests.access import KINDS, VISITORS, Answer, Ask, Visitors
from tests.conftest import signed_in as signed_in_client
from tests.drills import ground, staging
from tests.drills.ground import Ground

IN_GATE = ("sqlite",)

GOLDEN = Path(__file__).parents[1] / "house" / "access_matrix.txt"
SEED = 11
PLACES = "/places/"
Cell = tuple[str, str, str]
"""Set, route and visitor."""


class Quiet(WSGIRequestHandler):
    """Thousands of requests need no line each."""

    protocol_version = "HTTP/1.1"

    def log(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def served(at: Ground) -> Iterator[BaseWSGIServer]:
    """The application on a port of this machine."""
    server = make_server("127.0.0.1", 0, at.app, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reviewed() -> dict[Cell, int]:
    """The golden file: what each visitor is answered."""
    found: dict[Cell, int] = {}
    for kind, text in access.sections(GOLDEN.read_text("utf-8")).items():
        for line in text.splitlines()[1:]:
            title, words = line[:74].strip(), line[74:].strip()
            found |= {(kind, title, who): status for who, status in _statuses(words).items()}
    return found


def _statuses(words: str) -> dict[str, int]:
    stated: dict[str, int] = {}
    for part in words.split(", "):
        status, *names = part.split()
        known = [name for name in names if name in VISITORS]
        rest = [who for who in VISITORS if who not in stated]
        stated |= dict.fromkeys(known or rest, int(status))
    return stated


def over_http(at: Ground, server: BaseWSGIServer) -> Ask:
    """Ask through a socket, with the cookie of whoever asks."""
    cookies = {who: _cookie(at, who) for who in VISITORS}

    def ask(who: str, method: str, address: str) -> tuple[int, bytes]:
        with at.undone():
            line = HTTPConnection("127.0.0.1", server.port, timeout=30)
            line.request(method, address, headers=cookies[who])
            answer = line.getresponse()
            body = answer.read()
            line.close()
        return answer.status, body

    return ask


def _cookie(at: Ground, who: str) -> dict[str, str]:
    if who == access.NOBODY:
        return {}
    cookie = signed_in_client(at.app, who).get_cookie("lms")
    assert cookie is not None
    return {"Cookie": f"lms={cookie.value}"}


def compared(kind: str, answers: list[Answer], golden: dict[Cell, int]) -> Iterator[str]:
    """``same`` for each answer as reviewed, else what differs."""
    for answer in answers:
        for who, status in answer.statuses.items():
            wanted = golden.get((kind, answer.title.strip(), who))
            told = f"{kind}: {answer.title} answers {who} with {status}, reviewed was {wanted}"
            yield "same" if status == wanted else told


def in_turn() -> Visitors:
    """One visitor a route, in an order that can be repeated, so that each comes to his turn."""
    order = random.Random(SEED).sample(VISITORS, len(VISITORS))  # noqa: S311
    turns = cycle(order)

    def next_one() -> Sequence[str]:
        return [next(turns)]

    return next_one


def open_a_rule() -> None:
    """The control: everybody signed in may read every place."""
    RULES[Permission.ENROLMENT_ENROLMENT_READ] = ((signed_in,),)


def ask_a_set(
    at: Ground, server: BaseWSGIServer, kind: str, visitors: Visitors, beginning: str
) -> list[Answer]:
    """The answers of all routes about the objects of one set whose address begins so."""
    with at.undone():
        objects = access.set_the_table(kind)
        ask = over_http(at, server)
        rules = [one for one in access.rules_about(at.app, kind) if one.rule.startswith(beginning)]
        return access.ask_rules(at.app, kind, rules, objects, ask, visitors)


def main() -> int:
    """Run the drill."""
    given = staging.options("authz_matrix")
    began, said, answers = time.monotonic(), Counter[str](), list[Answer]()
    golden, strangers = reviewed(), list[str]()
    everybody, beginning = given.full or given.control, PLACES if given.control else "/"
    visitors = access.everybody if everybody else in_turn()
    with ground.bare(given) as at, served(at) as server:
        if given.control:
            open_a_rule()
        for kind in KINDS[1:2] if given.control else KINDS:
            found = ask_a_set(at, server, kind, visitors, beginning)
            said.update(compared(kind, found, golden))
            strangers += access.strangers_let_in(kind, found) + access.told_to_strangers(found)
            answers += found
    for words in [*sorted(set(said) - {"same"}), *strangers][:30]:
        print(words)  # noqa: T201  # drills print
    figures: dict[str, object] = {
        "routes": len({answer.title for answer in answers}),
        "roles": len(VISITORS),
        "sets": len(houses.SETS),
        "requests": said.total(),
        "differences": said.total() - said["same"],
        "strangers_let_in": len(strangers),
        "seconds": round(time.monotonic() - began, 1),
    }
    holds = {
        "every answer is as reviewed": said["same"] == said.total() > 0,
        "no stranger is let in": not strangers,
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
