"""The database refuses one insert while people act: all or nothing, an honest page, a good retry.

For each act and each table a trigger refuses the act's next insert there, once. Then every table
must be as before, the answer must be a page that says what was kept and tells nothing else, and the
same act, sent again, must succeed. Full tries all acts and tables. Small tries each act on one of
the databases, in turn, and of the tables the act inserts into its last of its own and another by
dice, or all that no act before it came to. The control commits before each entry of the audit
trail, as if an act had two transactions.
"""

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from lms.audit import service as audit
from lms.db import db
from lms.web.errors import explanation
from tests.access import watching_writes
from tests.drills import deeds, ground, staging
from tests.drills.deeds import DEEDS, Deed, Fields
from tests.drills.faults import Faults
from tests.drills.ground import Ground

LANGUAGES = ("ms", "en", "id")
TOLD_TOO_MUCH = ("Traceback", "refuses this insert", "sqlalchemy", "sqlite3", "psycopg", "INSERT")
# Tries are counted in a transaction of their own before anything is looked at: thousands at once
# are thousands of tries, whatever becomes of each (lms.people.tries).
COUNTED_BEFORE = {"tries"}
OF_ANY_ACT = ("audit_", "job", "procrastinate_")
SEED = 5
_WRITTEN = re.compile(r"(?:insert into|update|delete from) \"?(\w+)", re.IGNORECASE)
_INSERTED = re.compile(r"insert into \"?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Ready:
    """A deed about to be done, what it writes to, and how all was before it."""

    deed: Deed
    client: FlaskClient
    fields: Fields
    inserted: list[str]
    written: set[str]
    before: dict[str, Any]


@contextmanager
def ready(at: Ground, deed: Deed) -> Iterator[Ready]:
    """Get a deed ready and see what it writes; that is taken back at the end."""
    with at.undone():
        client = deeds.visitor(at.app, deed)
        fields = deed.fields(client, at.objects)
        db.session.remove()
        inserted, written = written_by(at, deed, client, fields)
        yield Ready(deed, client, fields, inserted, written, _state(at, written))


def written_by(
    at: Ground, deed: Deed, client: FlaskClient, fields: Fields
) -> tuple[list[str], set[str]]:
    """The tables a deed inserts into, by their last insert, and all it writes to."""
    address, method = deeds.address_of(at.app, deed.endpoint, at.objects)
    with at.undone(), watching_writes() as wrote:
        answer = deeds.send(deeds.as_it_is(client), address, method, fields)
        assert answer.status_code < 400, (deed.title, answer.status_code)
    statements = "\n".join(wrote)
    latest = list(dict.fromkeys(reversed(_INSERTED.findall(statements))))
    return latest[::-1], set(_WRITTEN.findall(statements))


def few(inserted: list[str], tried: set[str], dice: random.Random) -> list[str]:
    """The last table of the act's own, and those nobody came to yet, or another by dice."""
    own = [name for name in inserted if not name.startswith(OF_ANY_ACT)] or inserted
    rest = [name for name in inserted if name not in own[-1:]]
    new = [name for name in rest if name not in tried]
    return own[-1:] + (new or dice.sample(rest, min(1, len(rest))))


def refuse(at: Ground, faults: Faults, its: Ready, table: str) -> str:
    """What came of one refused insert: ``held``, ``not reached`` or what did not hold."""
    browser = deeds.as_it_is(its.client)
    address, method = deeds.address_of(at.app, its.deed.endpoint, at.objects)
    with at.undone():
        faults.arm(table)
        answer = deeds.send(browser, address, method, its.fields)
        if not faults.disarm():
            return "not reached"
        after = _state(at, its.written)
        wrong = list(_faulty(answer))
        if its.before != after:
            wrong.append("half done: " + ", ".join(sorted(_differing(its.before, after))))
        again = deeds.send(browser, address, method, its.fields)
        if again.status_code >= 400:
            wrong.append(f"the retry answers {again.status_code}")
    return f"{its.deed.title}, {table}: {'; '.join(wrong)}" if wrong else "held"


def _state(at: Ground, written: set[str]) -> dict[str, Any]:
    counts: dict[str, Any] = at.counts()
    present = written & set(counts)
    return {
        name: at.content({name}) if name in present else number
        for name, number in counts.items()
        if name not in COUNTED_BEFORE
    }


def _differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def _faulty(answer: TestResponse) -> Iterator[str]:
    if answer.status_code not in {500, 503}:
        yield f"answers {answer.status_code}"
        return
    kept = set()
    for language in LANGUAGES:
        with force_locale(language):
            kept.add(str(explanation(answer.status_code).kept))
    if not any(words in answer.text for words in kept):
        yield "does not say what was kept"
    yield from (f"tells of {word}" for word in TOLD_TOO_MUCH if word in answer.text)


def split(record: Any) -> Any:  # the function whatever its arguments
    """The control: what an act did so far is committed before its audit entry."""

    def recorded(*args: object, **kwargs: object) -> object:
        db.session.commit()
        return record(*args, **kwargs)

    return recorded


def _try_all(at: Ground, given: staging.Options) -> Iterator[tuple[Ready, str, str]]:
    """Each deed with each table that is tried on it, and what came of it."""
    faults, tried, dice = Faults(at), set[str](), random.Random(SEED)  # noqa: S311  # no secret
    turn = int(given.database == "postgresql")
    for deed in DEEDS if given.full else DEEDS[turn::2]:
        with ready(at, deed) as its:
            if given.control:
                audit.record = split(audit.record)
            inserted = [name for name in its.inserted if name in at.tables()]
            for table in at.tables() if given.full else few(inserted, tried, dice):
                tried.add(table)
                yield its, table, refuse(at, faults, its, table)


def main() -> int:
    """Run the drill."""
    given = staging.options("trigger_fault")
    began, said, acts = time.monotonic(), Counter[str](), set[str]()
    inserted, refused_in = set[str](), set[str]()
    with ground.ground(given) as at, at.app.test_request_context():
        tables = at.tables()
        for its, table, words in _try_all(at, given):
            said[words] += 1
            acts.add(its.deed.title)
            inserted |= set(its.inserted) & set(tables)
            refused_in |= {table} - ({table} if words == "not reached" else set())
            if given.control and set(said) - {"held", "not reached"}:
                break
    for words in sorted(set(said) - {"held", "not reached"})[:30]:
        print(words)  # noqa: T201  # drills print
    refused = said.total() - said["not reached"]
    figures: dict[str, object] = {
        "acts_that_insert": len(acts),
        "tables": len(tables),
        "tables_refused": len(refused_in),
        "tries": said.total(),
        "inserts_refused": refused,
        "held": said["held"],
        "seconds": round(time.monotonic() - began, 1),
    }
    holds = {
        "each act had some inserts refused": refused > len(acts) > 0,
        "so had each table that acts insert into": inserted <= refused_in,
        "all or nothing, an honest page, a good retry": said["held"] == refused,
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
