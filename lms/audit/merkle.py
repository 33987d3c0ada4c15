"""Digests of entries, the Merkle tree over a batch (the shape of RFC 6962), and seals as text.

Pure functions over plain values, so that an outsider can repeat each of them.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import rfc8785

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
    return hashlib.sha256(b"\x00" + canonical(entry)).hexdigest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    # The largest power of two below the size.
    return 1 << (size - 1).bit_length() - 1


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = _split(len(leaves))
    return _node(_root(leaves[:middle]), _root(leaves[middle:]))


def root(digests: Sequence[str]) -> str:
    """The Merkle root over the digests in their order; none gives the digest of nothing."""
    if not digests:
        return hashlib.sha256().hexdigest()
    return _root([bytes.fromhex(one) for one in digests]).hex()


def path(digests: Sequence[str], position: int) -> Path:
    """The way from one leaf to the root."""
    if len(digests) == 1:
        return []
    middle = _split(len(digests))
    if position < middle:
        return [*path(digests[:middle], position), ("right", root(digests[middle:]))]
    return [*path(digests[middle:], position - middle), ("left", root(digests[:middle]))]


def root_by(digest: str, steps: Path) -> str:
    """The root that a leaf and its path lead to; equal to the seal's root when they are true."""
    standing = bytes.fromhex(digest)
    for side, neighbour in steps:
        other = bytes.fromhex(neighbour)
        standing = _node(other, standing) if side == "left" else _node(standing, other)
    return standing.hex()


def mac(key: bytes, seal: Mapping[str, object]) -> str:
    """The keyed digest of a seal's facts, which name the mac of the seal before."""
    return hmac.new(key, canonical(seal), hashlib.sha256).hexdigest()
