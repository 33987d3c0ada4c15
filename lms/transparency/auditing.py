"""Reads the whole log and says whether it is as it was written: leaves, order, nodes, checkpoints.

What was written past the program (with the triggers dropped) may hold anything: every digest is
computed again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, tuple_

from lms.db import db
from lms.kernel import trees
from lms.transparency import keys, notes, queries, service
from lms.transparency.models import LogEntry, LogNode

MOST_FINDINGS = 100
ALLOWANCE = timedelta(minutes=10)
"""As far as clocks and long transactions may put an entry before the one in front of it."""
_PIECE = 500

WORDS = {
    "entry-missing": "An entry is missing before this one.",
    "entry-changed": "The entry is not what its leaf was made of.",
    "entry-late": "The entry says it is older than those in front of it: it is back-dated.",
    "node-changed": "The digest of a subtree does not follow from its leaves.",
    "head-differs": "The head counts another number of entries than there are.",
    "checkpoint-ahead": "A checkpoint kept outside counts more entries than there are.",
    "checkpoint-differs": "A checkpoint kept outside has another root over these entries.",
    "checkpoint-forged": "A checkpoint is not signed by this log.",
}


@dataclass(frozen=True)
class Finding:
    """One thing wrong: a code, and the entry, size or number it is about."""

    code: str
    about: str


@dataclass
class Report:
    """What was read, and what is wrong."""

    entries: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, code: str, about: object) -> None:
        """Note a finding; after a hundred there is nothing new to learn."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(code, str(about)))


Node = tuple[int, int]


class _Walk:
    """Follows the entries; ``roots`` keeps the root at each size that is asked for."""

    def __init__(self, report: Report, wanted: Sequence[int]) -> None:
        self.report = report
        self.roots: dict[int, bytes] = {}
        self._wanted = frozenset(wanted)
        self._left: dict[int, bytes] = {}
        self._made: dict[Node, bytes] = {}
        self._latest: datetime | None = None

    def along(self) -> int:
        size = 0
        for entry in queries.every_entry():
            if entry.number != size:
                self.report.add("entry-missing", entry.number)
                return size
            self._check(entry)
            self._grow(entry)
            size += 1
            if size in self._wanted:
                self.roots[size] = self._root(size)
            if len(self._made) >= _PIECE:
                self._compare()
        self._compare()
        return size

    def _check(self, entry: LogEntry) -> None:
        if service.leaf_of(service.said(entry.kind, entry.at, entry.subject)) != entry.leaf:
            self.report.add("entry-changed", entry.number)
        if self._latest is not None and entry.at < self._latest - ALLOWANCE:
            self.report.add("entry-late", entry.number)
        self._latest = max(self._latest or entry.at, entry.at)

    def _grow(self, entry: LogEntry) -> None:
        digest, level, position = entry.leaf, 0, entry.number
        while position & 1:
            digest = trees.node(self._left[level], digest)
            level, position = level + 1, position >> 1
            self._made[level, position] = digest
        self._left[level] = digest

    def _root(self, size: int) -> bytes:
        # From the smallest complete subtree on the right to the largest on the left.
        levels = [level for level in range(size.bit_length()) if size >> level & 1]
        digest = self._left[levels[0]]
        for level in levels[1:]:
            digest = trees.node(self._left[level], digest)
        return digest

    def _compare(self) -> None:
        wanted = list(self._made)
        for start in range(0, len(wanted), _PIECE):
            piece = wanted[start : start + _PIECE]
            query = select(LogNode).where(tuple_(LogNode.level, LogNode.position).in_(piece))
            found = {(node.level, node.position): node.digest for node in db.session.scalars(query)}
            for place in piece:
                if found.get(place) != self._made[place]:
                    self.report.add("node-changed", f"{place[0]}/{place[1]}")
        self._made.clear()


def audit(kept: Mapping[str, str]) -> Report:
    """Check the log against itself, and against checkpoints that were kept outside, by name."""
    report = Report()
    known = _known(kept, report)
    walk = _Walk(report, [one.size for one in known.values()])
    report.entries = walk.along()
    if report.entries != queries.size():
        report.add("head-differs", queries.size())
    for name, one in known.items():
        if one.size > report.entries:
            report.add("checkpoint-ahead", name)
        elif one.size and walk.roots[one.size] != one.root:
            report.add("checkpoint-differs", name)
    return report


def _known(kept: Mapping[str, str], report: Report) -> dict[str, notes.Checkpoint]:
    known: dict[str, notes.Checkpoint] = {}
    for name, note in kept.items():
        try:
            known[name] = notes.opened(note, keys.verifier())
        except notes.BadNote:
            report.add("checkpoint-forged", name)
    return known
