"""One verb: add an entry to the log; and what the log gives out: checkpoints and receipts."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import bindparam, insert, update

from lms.db import db
from lms.kernel import trees
from lms.transparency import keys, notes, proofs, queries
from lms.transparency.models import LogEntry, LogHead, LogNode

# Built once: for each certificate of a batch that would take as long as running them.
_GROW = (
    update(LogHead)
    .values(size=LogHead.size + bindparam("by"))
    .returning(LogHead.size)
    .execution_options(synchronize_session=False)
)
_ENTER = insert(LogEntry)
_COMPLETE = insert(LogNode)


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


def append(kind: str, *subjects: str, at: datetime) -> int:
    """Add an entry for each in the caller's transaction; returns the first one's number, from 0.

    A ``subject`` is a SHA-256 in hexadecimal. The head is held to the end of the transaction, so
    call this last of what waits for a row: then nobody waits in a circle.
    """
    first = _grown(len(subjects)) - len(subjects)
    leaves = [leaf_of(said(kind, at, subject)) for subject in subjects]
    entries = [
        {"number": number, "kind": kind, "at": at, "subject": subject, "leaf": leaf}
        for number, (subject, leaf) in enumerate(zip(subjects, leaves, strict=True), first)
    ]
    db.session.execute(_ENTER, entries)
    nodes = _completed(first, leaves)
    if nodes:
        db.session.execute(_COMPLETE, nodes)
    return first


def _grown(by: int) -> int:
    """How many entries there are with these."""
    size = db.session.scalar(_GROW, {"by": by})
    if size is None:  # no row was there yet, which only a table without migration has
        db.session.execute(insert(LogHead).values(id=1, size=by))
        size = by
    return size


def _completed(first: int, leaves: list[bytes]) -> list[dict[str, object]]:
    """The subtrees that are complete with new leaves, each over its two halves."""
    end = first + len(leaves)
    known = queries.digests(_lefts(first, end))
    known |= {(0, number): leaf for number, leaf in enumerate(leaves, first)}
    made: list[dict[str, object]] = []
    for number in range(first, end):
        # As many levels as there are ones at the end of the number.
        for level in range((~(number + 1) & number).bit_length()):
            place = number >> level
            digest = trees.node(known[level, place - 1], known[level, place])
            known[level + 1, place >> 1] = digest
            made.append({"level": level + 1, "position": place >> 1, "digest": digest})
    return made


def _lefts(first: int, end: int) -> set[tuple[int, int]]:
    """The subtrees before the leaves from ``first`` that make whole ones with them, up to ``end``.

    Of each level one at most: the left neighbour of the one that the first new leaf is in.
    """
    levels = range(first.bit_length())
    places = ((level, first >> level) for level in levels)
    return {
        (level, place - 1) for level, place in places if place % 2 and (place + 1) << level <= end
    }


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
