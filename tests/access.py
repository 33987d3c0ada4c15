"""Ask every route as everybody, and write down who was let in."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from werkzeug.routing import Rule

from lms.db import transaction
from tests import addresses, houses
from tests.conftest import signed_in

NOBODY = "nobody"
SAMPLE = (
    "aisyah",  # the trainee whose place, work and certificate the first set holds
    "priya",  # a colleague of hers, without a place in it
    "trainer1",  # names and marks there
    "trainer3",  # names and marks in the other course
    "manager",
    "registrar",
    "auditor",
    "coordinator",  # of aisyah's agency
    "coordinator2",  # of budi's, the trainee of the other course
    "admin",
    "employer",
)
OTHERS = tuple(
    houses.OTHER + key
    for key in (
        *("trainee", "trainer", "manager", "registrar"),
        *("auditor", "coordinator", "admin", "employer"),
    )
)
KINDS = (houses.NO_OBJECT, *houses.SETS)
VISITORS = (NOBODY, *SAMPLE, *OTHERS)
OPEN_TO_ALL = {
    "catalogue.offering_calendar": "its days and venue stand in the public catalogue",
    "demand.interest": "everybody with an account may say that they would come",
    "admissions.apply": "everybody with an account may apply for a place in a programme",
    "enrolment.enrol": "everybody with an account may ask for a seat",
    "agency.nominate": "every coordinator may put forward officers of the own agency",
    "timetable.programme": "what is on when stands in the public catalogue",
    "programmes.programme": "published programmes are everybody's",
    "verification.by_address": "everybody may check a certificate whose code they hold",
}
_NOT_TEACHING = ("aisyah", "priya", "trainer1", "coordinator")
_STRANGERS = {
    houses.NO_OBJECT: OTHERS,
    "own": OTHERS,
    "sibling": (*_NOT_TEACHING, *OTHERS),
    "foreign": SAMPLE,
}
_WRITES = re.compile(r"\b(insert|update|delete|replace|create|drop|alter)\b(?! of)", re.IGNORECASE)
_SEEN = "UPDATE user_session SET seen_at"
"""Noted of a session that is in use once in a while: on a slow machine, between two requests."""
# What the public catalogue shows, or what is no name of an object.
_PUBLIC = {
    "published",
    "undated",
    "listed_programme",
    "offering",
    "past",
    "framework",
    "role",
    "organisation",
    "agency_code",
}
BRIEFLY = {"Accept": "application/problem+json"}  # a page for each refusal would take as long again
NESTED = ("session_of_class", "assessment", "draft_assessment", "artefact", "promise")
SPEAKS_OF_ALL = {
    "audit.trail": "the trail is one: auditors and administrators of root organisations read it",
    "audit.export": "as the trail",
}
Ask = Callable[[str, str, str], tuple[int, bytes]]
"""Visitor, method and address; returns status and body."""


Visitors = Callable[[], Sequence[str]]
"""Who asks the next route."""


def everybody() -> Sequence[str]:
    """All visitors."""
    return VISITORS


@dataclass(frozen=True)
class Answer:
    """What one route said to whom."""

    rule: Rule
    method: str
    statuses: dict[str, int]
    wrote: frozenset[str]
    told: frozenset[str]

    @property
    def title(self) -> str:
        """Method and pattern."""
        return f"{self.method:4} {self.rule.rule}"


def set_the_table(kind: str) -> dict[str, str]:
    """The objects of one set; the other provider is there in any case."""
    with transaction():
        foreign = houses.other_cast()
        cast = foreign if kind == "foreign" else houses.sample_cast(sibling=kind == "sibling")
        return houses.furnish(cast)


def furnished(kind: str) -> dict[str, str]:
    """The objects of another set of the sample's provider beside."""
    with transaction():
        return houses.furnish(houses.sample_cast(sibling=kind == "sibling"))


def asked(app: Flask, connection: Connection, kind: str) -> list[Answer]:
    """Every route of a kind asked by everybody, each request undone."""
    objects = set_the_table(kind)
    return ask_all(app, kind, objects, ask_undone(app, connection))


def ask_all(
    app: Flask, kind: str, objects: dict[str, str], ask: Ask, visitors: Visitors = everybody
) -> list[Answer]:
    """The answers of all routes that concern a set."""
    return ask_rules(app, kind, rules_about(app, kind), objects, ask, visitors)


def rules_about(app: Flask, kind: str) -> list[Rule]:
    """The routes that concern a set."""
    about = kind != houses.NO_OBJECT
    return [one for one in addresses.rules_of(app) if addresses.of_an_object(one) == about]


def is_nested(rule: Rule) -> bool:
    """Whether the address names an object within another one."""
    return bool(rule.arguments & {"session_id", "assessment_id", "artefact_id"})


def ask_rules(  # what is asked of what, by whom and how
    app: Flask,
    kind: str,
    rules: list[Rule],
    objects: dict[str, str],
    ask: Ask,
    visitors: Visitors = everybody,
) -> list[Answer]:
    """The answers of some routes."""
    answers = []
    for rule in rules:
        address = addresses.address_of(app, rule, objects)
        for method in addresses.methods_of(rule):
            with watching_writes() as wrote:
                said = {who: ask(who, method, address) for who in visitors()}
            statuses = {who: status for who, (status, _body) in said.items()}
            bodies = {who: said[who][1] for who in _STRANGERS[kind] if who in said}
            told = frozenset(_told(bodies, objects))
            answers.append(Answer(rule, method, statuses, frozenset(wrote), told))
    return answers


def _told(bodies: Mapping[str, bytes], objects: Mapping[str, str]) -> Iterator[str]:
    for who, body in bodies.items():
        for name, value in objects.items():
            if name not in _PUBLIC and value.encode() in body:
                yield f"{who} reads of {name}"


def clients_of(app: Flask) -> dict[str, FlaskClient]:
    """A browser for each visitor."""
    return {who: app.test_client() if who == NOBODY else signed_in(app, who) for who in VISITORS}


def ask_undone(app: Flask, connection: Connection) -> Ask:
    """Ask inside the process; what a request did is rolled back.

    One that only reads needs nothing for that; if it wrote, ``gets_that_wrote`` tells of it.
    """
    clients = clients_of(app)

    def ask(who: str, method: str, address: str) -> tuple[int, bytes]:
        undone = nullcontext() if method == "GET" else _taken_back(connection)
        with undone, clients[who].open(address, method=method, headers=BRIEFLY) as answer:
            return answer.status_code, answer.get_data()

    return ask


@contextmanager
def _taken_back(connection: Connection) -> Iterator[None]:
    undone = connection.begin_nested()
    yield
    undone.rollback()


def strangers_let_in(kind: str, answers: list[Answer]) -> list[str]:
    """Requests about objects of a set that let somebody in who has nothing to do with it."""
    return [
        f"{answer.title}: {who} {answer.statuses.get(who)}"
        for answer in answers
        if addresses.of_an_object(answer.rule) and answer.rule.endpoint not in OPEN_TO_ALL
        for who in _STRANGERS[kind]
        if answer.statuses.get(who, 404) not in {401, 403, 404}
    ]


def told_to_strangers(answers: list[Answer]) -> list[str]:
    """Lists and desks that name an object of a set to somebody who has nothing to do with it."""
    lists = [answer for answer in answers if not addresses.of_an_object(answer.rule)]
    return [
        f"{answer.title}: {what}"
        for answer in lists
        if answer.rule.endpoint not in SPEAKS_OF_ALL
        for what in sorted(answer.told)
    ]


def gets_that_wrote(answers: list[Answer]) -> list[str]:
    """Statements that changed something while a page was only read."""
    reads = [answer for answer in answers if answer.method == "GET"]
    return [f"{answer.title}: {statement}" for answer in reads for statement in answer.wrote]


def section(kind: str, answers: list[Answer]) -> str:
    """The answers as lines: each status with those who got it; the most frequent comes last."""
    lines = [f"{answer.title:74} {_words(answer.statuses)}".rstrip() for answer in answers]
    return "\n".join([f"## {kind}", *lines]) + "\n"


def _words(statuses: dict[str, int]) -> str:
    (most, number), *_rest = Counter(statuses.values()).most_common(1)
    rare = sorted({status for status in statuses.values() if status != most})
    parts = [
        f"{status} {' '.join(who for who in VISITORS if statuses[who] == status)}"
        for status in rare
    ]
    everybody = "everybody" if number == len(statuses) else "the others"
    return ", ".join([*parts, f"{most} {everybody}"])


def sections(text: str) -> dict[str, str]:
    """A file's sections by kind, each with its heading."""
    parts = text.split("## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part}" for part in parts}


def with_section(text: str, kind: str, found: str) -> str:
    """The file with one section replaced."""
    all_of_them = {**sections(text), kind: found}
    return "".join(all_of_them[one] for one in KINDS if one in all_of_them)


@contextmanager
def watching_writes() -> Iterator[list[str]]:
    """Collects the statements of its block that are no reads."""
    seen: list[str] = []

    def note(*args: object) -> None:
        statement = str(args[2])
        if _WRITES.search(statement) and _SEEN not in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
