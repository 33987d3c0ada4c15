"""A framework as read from a file, before anything is saved; what CSV and CASE have in common."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lms.kernel.errors import Fault

# Identifiers of our own frameworks are UUIDv5 over the code, stable over releases.
STARTER_NAMESPACE = uuid5(NAMESPACE_URL, "urn:sijil:swx-starter")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
MAX_DEPTH = 12
LARGEST_RANK = 2**31 - 1
# What the tables hold; SQLite would take more and PostgreSQL fail, so both refuse.
LONGEST = {"identifier": 64, "uri": 500, "code": 64}
URI_BASE = "https://sijil.example/uri/"


def identifier_for(code: str) -> str:
    """The stable identifier of a code where a file states none."""
    return str(uuid5(STARTER_NAMESPACE, code))


@dataclass(frozen=True)
class ItemDraft:
    """One statement; ``parent`` is the identifier of its parent item or document."""

    identifier: str
    uri: str
    code: str
    kind: str
    statements: dict[str, str]
    rank: int | None = None
    parents: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AssociationDraft:
    """A relation other than a simple place in the tree."""

    identifier: str
    kind: str
    origin: str
    destination: str
    destination_node: dict[str, Any] = field(default_factory=dict)
    sequence: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FrameworkDraft:
    """A whole framework."""

    identifier: str
    uri: str
    code: str
    titles: dict[str, str]
    version: str
    language: str
    changed_at: datetime
    properties: dict[str, Any]
    items: tuple[ItemDraft, ...]
    associations: tuple[AssociationDraft, ...]

    def counts(self) -> dict[str, int]:
        """How many statements of each kind."""
        found: dict[str, int] = {}
        for item in self.items:
            found[item.kind] = found.get(item.kind, 0) + 1
        return found


@dataclass(frozen=True)
class Reading:
    """What a file gave: a draft when it is clean, else faults; warnings never stop an import."""

    draft: FrameworkDraft | None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as it is usually written, in any case."""
    return _UUID.fullmatch(text) is not None


def draft_faults(draft: FrameworkDraft, rows: dict[str, int]) -> list[Fault]:
    """Everything that could not be stored or shown: circles, depth, lengths, control characters."""
    faults = tree_faults(draft, rows)
    if not faults:
        faults = _depth_faults(draft, rows)
    if len(draft.version) > 40:
        faults.append(Fault(0, "version", draft.version[:40], "import-too-long"))
    everything: tuple[FrameworkDraft | ItemDraft, ...] = (draft, *draft.items)
    for item in everything:
        row = rows.get(item.identifier, 0)
        for name, longest in LONGEST.items():
            value = str(getattr(item, name))
            if len(value) > longest:
                faults.append(Fault(row, name, value[:40], "import-too-long"))
        if "\x00" in _words_of(item):
            faults.append(Fault(row, "", item.identifier[:40], "import-nul"))
        if isinstance(item, ItemDraft) and (item.rank or 0) > LARGEST_RANK:
            faults.append(Fault(row, "rank", str(item.rank), "import-too-long"))
    return faults


def _words_of(item: "FrameworkDraft | ItemDraft") -> str:
    """The texts of an item as one, for a search."""
    words = item.titles if isinstance(item, FrameworkDraft) else item.statements
    return "".join((item.identifier, item.uri, item.code, *words.values()))


def _depth_faults(draft: FrameworkDraft, rows: dict[str, int]) -> list[Fault]:
    parents = {item.identifier: item.parents for item in draft.items}
    depths: dict[str, int] = {}
    for start in parents:
        path = [start]
        while path[-1] in parents and path[-1] not in depths:
            path.append(parents[path[-1]][0])
        depth = depths.get(path.pop(), 0)
        for node in reversed(path):
            depth += 1
            depths[node] = depth
    return [
        Fault(rows.get(identifier, 0), "parent", identifier, "import-too-deep")
        for identifier, depth in depths.items()
        if depth == MAX_DEPTH + 1
    ]


def tree_faults(draft: FrameworkDraft, rows: dict[str, int]) -> list[Fault]:
    """Cycles in isChildOf: reported at the row of the first item in the circle."""
    parents = {item.identifier: item.parents for item in draft.items}
    safe: set[str] = set()
    faults = []
    for start in parents:
        circle = _circle_from(start, parents, safe)
        if circle is not None:
            faults.append(Fault(rows.get(circle, 0), "parent", circle, "import-cycle"))
            safe.add(circle)
    return faults


def _circle_from(start: str, parents: dict[str, tuple[str, ...]], safe: set[str]) -> str | None:
    path: list[str] = []
    on_path: set[str] = set()
    stack = [(start, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            on_path.discard(node)
            safe.add(path.pop())
            continue
        if node in on_path:
            return node
        if node in safe or node not in parents:
            continue
        path.append(node)
        on_path.add(node)
        stack.append((node, True))
        stack.extend((parent, False) for parent in parents[node])
    return None
