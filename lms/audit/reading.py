"""Entries as people read them: who, what was done, to what, and what changed from what."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.audit import names, queries, wording
from lms.audit.models import AuditEntry
from lms.kernel import csv_tables


@dataclass(frozen=True)
class Fact:
    """A detail of an entry; with ``changed`` there is an old value too. All of it plain text."""

    label: str
    value: str
    old: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Line:
    """An entry with everything a page shows of it."""

    entry: AuditEntry
    action: str
    kind: str
    who: str | None
    public_id: str | None
    seal: int | None
    facts: list[Fact]


def lines(entries: Sequence[AuditEntry]) -> list[Line]:
    """Entries made readable; the number of statements does not grow with them."""
    people = names.directory().names({e.actor_id for e in entries if e.actor_id is not None})
    objects = queries.public_ids(entries)
    seals = queries.seals_of([entry.id for entry in entries])
    return [
        Line(
            entry=entry,
            action=wording.action(entry.action),
            kind=wording.kind(entry.object_type),
            who=people.get(entry.actor_id or 0),
            public_id=objects.get((entry.object_type, entry.object_id or 0)),
            seal=seals.get(entry.id),
            facts=list(_facts(entry.details)),
        )
        for entry in entries
    ]


def _facts(details: Mapping[str, object]) -> Iterator[Fact]:
    changes = details.get("changes")
    for name, pair in changes.items() if isinstance(changes, dict) else ():
        old, new = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
        yield Fact(wording.fact(name), _text(new), _text(old), changed=True)
    if "after" in details:
        yield Fact(
            wording.fact("state"),
            _text(details["after"]),
            _text(details.get("before")),
            changed=True,
        )
    for name, value in details.items():
        if name not in {"changes", "before", "after"} and value is not None:
            yield Fact(wording.fact(name), _text(value))


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_csv(entries: Sequence[AuditEntry]) -> str:
    """Entries as a table: moments in UTC, codes as they are kept, every cell quoted."""
    head = "id,at,actor,action,object_type,object,request,address,seal,details"
    return csv_tables.written(head.split(","), (_row(line) for line in lines(entries)))


def _row(line: Line) -> tuple[object, ...]:
    entry = line.entry
    return (
        entry.id,
        entry.at.isoformat(),
        line.who,
        entry.action,
        entry.object_type,
        line.public_id or entry.object_id,
        entry.request_id,
        entry.address,
        line.seal,
        json.dumps(entry.details, ensure_ascii=False),
    )
