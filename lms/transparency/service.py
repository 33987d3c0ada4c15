"""One verb: add an entry to the log; and what the log gives out: checkpoints and receipts."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import insert, select, tuple_, update

from lms.db import db
from lms.kernel import trees
from lms.transparency import keys, notes, proofs, queries
from lms.transparency.models import LogEntry, LogHead, LogNode

# Built once: for each certificate of a batch that would take as long as running them.
_GROW = (
    update(LogHead)
    .values(size=LogHead.size + 1)
    .returning(LogHead.size)
    .execution_options(synchronize_session=False)
)
_ENTER = insert(LogEntry)


class BadReceipt(ValueError):
    """It has not the form of a receipt."""


@dataclass(frozen=True)
class Receipt:
    """That an entry stands in the log: to be kept by whoever it concerns."""

    entry: dict[str, str]
    number: int
    path: list[bytes]
    checkpoint: str

    def to_json(self) -> bytes:
        """As it is attached to a file; digests in hexadecimal."""
        plain: dict[str, Any] = {
            "checkpoint": self.checkpoint,
            "entry": self.entry,
            "index": self.number,
            "path": [step.hex() for step in self.path],
        }
        return rfc8785.dumps(plain)

    @classmethod
    def read(cls, data: bytes) -> "Receipt":
        """Read one that may be anybody's; raises BadReceipt."""
        try:
            plain = json.loads(data)
            entry = {str(name): str(value) for name, value in plain["entry"].items()}
            path = [bytes.fromhex(step) for step in plain["path"]]
            return cls(entry, int(plain["index"]), path, str(plain["checkpoint"]))
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise BadReceipt("not a receipt") from error


def said(kind: str, at: datetime, subject: str) -> dict[str, str]:
    """What an entry says; its RFC 8785 bytes are the leaf."""
    moment = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"sha256": subject, "time": moment, "type": kind}


def leaf_of(entry: dict[str, str]) -> bytes:
    """The leaf of an entry."""
    return trees.leaf(rfc8785.dumps(entry))


def append(kind: str, subject: str, *, at: datetime) -> int:
    """Add an entry in the caller's transaction; returns its number, from 0.

    ``subject`` is a SHA-256 in hexadecimal. The head is held to the end of the transaction, so call
    this last of what waits for a row: then nobody waits in a circle.
    """
    number = _next_number()
    leaf = leaf_of(said(kind, at, subject))
    entry = {"number": number, "kind": kind, "at": at, "subject": subject, "leaf": leaf}
    db.session.execute(_ENTER, entry)
    nodes = _completed(number, leaf)
    if nodes:
        db.session.execute(insert(LogNode), nodes)
    return number


def _next_number() -> int:
    size = db.session.scalar(_GROW)
    if size is None:  # no row was there yet, which only a table without migration has
        db.session.execute(insert(LogHead).values(id=1, size=1))
        size = 1
    return size - 1


def _completed(number: int, leaf: bytes) -> list[dict[str, object]]:
    """The subtrees that are complete with a new leaf, each over its left neighbour and itself."""
    levels = (~(number + 1) & number).bit_length()  # so many ones at the end of the number
    neighbours = _lefts(number, levels)
    made: list[dict[str, object]] = []
    standing = leaf
    for level in range(levels):
        position = number >> level
        standing = trees.node(neighbours[level, position - 1], standing)
        made.append({"level": level + 1, "position": position >> 1, "digest": standing})
    return made


def _lefts(number: int, levels: int) -> dict[tuple[int, int], bytes]:
    if not levels:
        return {}
    left = db.session.scalars(select(LogEntry.leaf).where(LogEntry.number == number - 1)).one()
    found = {(0, number - 1): left}
    wanted = [(level, (number >> level) - 1) for level in range(1, levels)]
    if wanted:
        query = select(LogNode).where(tuple_(LogNode.level, LogNode.position).in_(wanted))
        found |= {(node.level, node.position): node.digest for node in db.session.scalars(query)}
    return found


def checkpoint(size: int | None = None) -> str:
    """The signed note over the first ``size`` entries, or over all."""
    many = queries.size() if size is None else size
    return _signed(many, queries.made(lambda read: proofs.root(read, many)))


def _signed(many: int, root: bytes) -> str:
    verifier = keys.verifier()
    return notes.signed(notes.Checkpoint(verifier.name, many, root), keys.signing_key())


def receipt(subject: str, kinds: Collection[str]) -> Receipt | None:
    """The receipt of the first entry of these kinds about a digest, under the newest checkpoint."""
    found = queries.first_of(subject, kinds)
    if found is None:
        return None
    entry, size = found
    number = entry.number
    path, root = queries.made(
        lambda read: (proofs.inclusion(read, number, size), proofs.root(read, size))
    )
    return Receipt(said(entry.kind, entry.at, entry.subject), number, path, _signed(size, root))


def holds(found: Receipt, verifier: notes.Verifier) -> bool:
    """Whether a receipt's way leads to the root of a checkpoint that the log has signed."""
    try:
        seen = notes.opened(found.checkpoint, verifier)
        root = proofs.root_by_inclusion(leaf_of(found.entry), found.number, seen.size, found.path)
    except ValueError:
        return False
    return root == seen.root
