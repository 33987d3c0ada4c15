"""Reads the whole trail and says whether it is as it was sealed; names the first bad row.

Rows come in pieces of bounded size. What was written past the application (by the owner of the
database, with the triggers dropped) may hold anything, so nothing read here is believed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from lms.audit import heads, keys, merkle, queries
from lms.audit.models import AuditEntry, AuditLeaf, AuditSeal

MOST_FINDINGS = 100
PIECE = 2000
"""Leaves that are looked at together."""
UNSEALED_SECONDS = 60
ALLOWANCE = timedelta(minutes=10)
"""As long as the longest transaction may lie between writing an entry and sealing it."""

WORDS = {
    "entry-gone": "The entry was sealed and is gone.",
    "entry-changed": "The entry or its leaf is not as it was sealed.",
    "entry-unreadable": "The entry cannot be read: somebody wrote into it past the program.",
    "entry-late": "The entry says it is older than a seal that held everything up to its time.",
    "entry-early": "The entry says it is later than the seal that holds it.",
    "entry-unsealed": "The entry is in no seal though it is over a minute old (or of the future).",
    "leaf-astray": "The leaf of this entry names a seal that does not exist.",
    "seal-missing": "The seal is missing from the chain, or cannot be read.",
    "seal-leaves": "The seal does not hold the leaves it was made with.",
    "seal-root": "The root of the seal does not follow from its leaves.",
    "seal-chain": "The seal does not continue the seal before it.",
    "seal-mac": "The seal was changed, or made without our key.",
    "head-ahead": "A head that left the database earlier is ahead of it: the trail was cut here.",
    "head-differs": "A head that left the database earlier says another seal stood here.",
    "head-forged": "A line in the files of heads is not signed with our key.",
}


@dataclass(frozen=True)
class Finding:
    """One thing wrong: the table, the row (its id or the seal's number), and a code of WORDS."""

    table: str
    row: int
    code: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {WORDS[self.code]}"


@dataclass
class Report:
    """What was read and what is wrong, in the order of the chain."""

    entries: int = 0
    seals: int = 0
    heads: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, table: str, row: int, code: str) -> None:
        """Note a finding; after a hundred there is nothing new to learn."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(table, row, code))


Row = RowMapping
Leaves = dict[int, list[Row]]


def verify(session: Session, known: Sequence[heads.Head], *, now: datetime) -> Report:
    """Check entries, leaves, seals and heads, in one view of the database that does not move."""
    report = Report(heads=len(known))
    ours = [head for head in known if heads.holds(head)]
    walk = _Walk(session, report, (head["number"] for head in ours))
    walk.along()
    _astray(session, report)
    _unsealed(session, report, now)
    _against(ours, walk.macs_at, walk.last, report)
    for line, head in enumerate(known, 1):
        if head not in ours:
            report.add("head", line, "head-forged")
    return report


class _Walk:
    """Follows the chain from the first seal; ``macs_at`` keeps the macs of the wanted ones."""

    def __init__(self, session: Session, report: Report, wanted: Iterable[int]) -> None:
        self.session = session
        self.report = report
        self.last = 0
        self.macs_at = dict.fromkeys(wanted, "")
        self._mac = merkle.FIRST
        self._complete: datetime | None = None
        self._key = keys.sealing_key()

    def along(self) -> None:
        for piece in self._pieces():
            leaves, entries = self._below(piece)
            for seal in piece:
                self._link(seal)
                self._batch(seal, leaves.get(seal["id"], []), entries)
                self.report.seals += 1

    def _pieces(self) -> Iterator[list[Row]]:
        # As many seals at a time as hold about PIECE leaves.
        number = 0
        while rows := self._seals(number):
            piece: list[Row] = []
            size = 0
            for row in filter(_readable, rows):
                piece.append(row)
                size += max(1, row["count"])
                if size >= PIECE:
                    yield piece
                    piece, size = [], 0
            if piece:
                yield piece
            number = rows[-1]["id"]

    def _seals(self, above: int) -> list[Row]:
        table = AuditSeal.__table__
        query = select(table).where(table.c.id > above).order_by(table.c.id).limit(PIECE)
        try:
            return list(self.session.execute(query).mappings())
        except queries.UNREADABLE:
            return self._seals_one_by_one(above)

    def _seals_one_by_one(self, above: int) -> list[Row]:
        table = AuditSeal.__table__
        ids = select(table.c.id).where(table.c.id > above).order_by(table.c.id).limit(PIECE)
        found: list[Row] = []
        for number in self.session.scalars(ids).all():
            try:
                query = select(table).where(table.c.id == number)
                found += self.session.execute(query).mappings().all()
            except queries.UNREADABLE:
                continue  # _pieces misses it and says so
        return found

    def _below(self, piece: list[Row]) -> tuple[Leaves, dict[int, queries.Entry | None]]:
        table = AuditLeaf.__table__
        within = table.c.seal_id.between(piece[0]["id"], piece[-1]["id"])
        query = select(table).where(within).order_by(table.c.seal_id, table.c.position)
        leaves: Leaves = {}
        ids = []
        for leaf in self.session.execute(query).mappings():
            leaves.setdefault(leaf["seal_id"], []).append(leaf)
            ids.append(leaf["entry_id"])
        entries: dict[int, queries.Entry | None] = {}
        for start in range(0, len(ids), PIECE):
            entries |= queries.entries_by_id(self.session, ids[start : start + PIECE])
        return leaves, entries

    def _link(self, seal: Row) -> None:
        number = seal["id"]
        if number != self.last + 1:
            self.report.add("audit_seal", self.last + 1, "seal-missing")
        elif seal["previous"] != self._mac:
            self.report.add("audit_seal", number, "seal-chain")
        facts = {name: seal[name] for name in ("at", "count", "complete", "root", "previous")}
        if merkle.mac(self._key, {"number": number, **facts}) != seal["mac"]:
            self.report.add("audit_seal", number, "seal-mac")
        self.last, self._mac = number, seal["mac"]
        if number in self.macs_at:
            self.macs_at[number] = seal["mac"]

    def _batch(
        self, seal: Row, leaves: list[Row], entries: dict[int, queries.Entry | None]
    ) -> None:
        before = len(self.report.findings)
        for leaf in leaves:
            fault = self._fault(seal, leaf, entries)
            if fault:
                self.report.add("audit_entry", leaf["entry_id"], fault)
        self.report.entries += len(leaves)
        if seal["complete"]:
            self._complete = seal["at"]
        # The count may be any number: it is compared, and nothing of its size is made.
        positions = [leaf["position"] for leaf in leaves]
        if len(leaves) != seal["count"] or positions != list(range(len(leaves))):
            self.report.add("audit_seal", seal["id"], "seal-leaves")
        elif len(self.report.findings) == before and self._root(leaves) != seal["root"]:
            self.report.add("audit_seal", seal["id"], "seal-root")

    @staticmethod
    def _root(leaves: list[Row]) -> str:
        return merkle.root([leaf["digest"] for leaf in leaves])

    def _fault(self, seal: Row, leaf: Row, entries: dict[int, queries.Entry | None]) -> str | None:
        entry = entries.get(leaf["entry_id"], {})
        if not entry:
            return "entry-gone" if entry is not None else "entry-unreadable"
        try:
            if merkle.leaf_digest(entry) != leaf["digest"]:
                return "entry-changed"
        except (ValueError, TypeError):
            return "entry-unreadable"
        if self._complete is not None and entry["at"] < self._complete - ALLOWANCE:
            return "entry-late"
        return "entry-early" if entry["at"] > seal["at"] + ALLOWANCE else None


def _astray(session: Session, report: Report) -> None:
    seal = select(AuditSeal.id).where(AuditSeal.id == AuditLeaf.seal_id).exists()
    query = select(AuditLeaf.entry_id).where(~seal).order_by(AuditLeaf.entry_id)
    for entry_id in session.scalars(query.limit(MOST_FINDINGS)):
        report.add("audit_leaf", entry_id, "leaf-astray")


def _unsealed(session: Session, report: Report, now: datetime) -> None:
    # A moment in the future, or on SQLite no moment at all, must not hide an entry.
    patient = now - timedelta(seconds=UNSEALED_SECONDS)
    overdue = or_(AuditEntry.at < patient, AuditEntry.at > now + ALLOWANCE)
    query = select(AuditEntry.id).where(queries.without_leaf(), overdue).order_by(AuditEntry.id)
    for entry_id in session.scalars(query.limit(MOST_FINDINGS)):
        report.add("audit_entry", entry_id, "entry-unsealed")


def _against(known: Sequence[heads.Head], macs: dict[int, str], last: int, report: Report) -> None:
    for head in known:
        if head["number"] <= last and macs[head["number"]] != head["mac"]:
            report.add("audit_seal", head["number"], "head-differs")
    if any(head["number"] > last for head in known):
        report.add("audit_seal", last + 1, "head-ahead")


def _readable(seal: Row) -> bool:
    texts = (seal["root"], seal["previous"], seal["mac"])
    return isinstance(seal["count"], int) and all(isinstance(one, str) for one in texts)
