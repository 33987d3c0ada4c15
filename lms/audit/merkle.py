"""Digests of entries, the Merkle tree over a batch (the shape of RFC 6962), and seals as text.

Pure functions over plain values, so that an outsider can repeat each of them.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import rfc8785

from lms.kernel import trees

FIRST = "0" * 64
"""What stands as ``previous`` in the first seal."""

Path = list[tuple[str, str]]
"""Steps from a leaf to the root: (``left`` or ``right``, digest of the neighbour)."""


def canonical(values: Mapping[str, object]) -> bytes:
    """RFC 8785 JSON; moments in ISO 8601 UTC. Raises ValueError for what JSON cannot hold."""
    plain = {
        name: _moment(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
    return rfc8785.dumps(plain)  # type: ignore[arg-type]  # it refuses what it cannot write


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def leaf_digest(entry: Mapping[str, object]) -> str:
    """The digest of an entry, given by its columns."""
    return trees.leaf(canonical(entry)).hex()


def root(digests: Sequence[str]) -> str:
    """The Merkle root over the digests in their order; none gives the digest of nothing."""
    return trees.root([bytes.fromhex(one) for one in digests]).hex()


def path(digests: Sequence[str], position: int) -> Path:
    """The way from one leaf to the root."""
    if len(digests) == 1:
        return []
    middle = trees.split(len(digests))
    if position < middle:
        return [*path(digests[:middle], position), ("right", root(digests[middle:]))]
    return [*path(digests[middle:], position - middle), ("left", root(digests[:middle]))]


def root_by(digest: str, steps: Path) -> str:
    """The root that a leaf and its path lead to; equal to the seal's root when they are true."""
    standing = bytes.fromhex(digest)
    for side, neighbour in steps:
        other = bytes.fromhex(neighbour)
        standing = trees.node(other, standing) if side == "left" else trees.node(standing, other)
    return standing.hex()


def mac(key: bytes, seal: Mapping[str, object]) -> str:
    """The keyed digest of a seal's facts, which name the mac of the seal before."""
    return hmac.new(key, canonical(seal), hashlib.sha256).hexdigest()
