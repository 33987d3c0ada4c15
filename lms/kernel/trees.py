"""Merkle trees in the shape of RFC 9162 (section 2.1): how leaves and nodes are hashed."""

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256().digest()
"""The root over no leaves."""


def leaf(data: bytes) -> bytes:
    """The digest of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The digest of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below the size: so many leaves stand under the left child."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over digests of leaves, in their order."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    middle = split(len(leaves))
    return node(root(leaves[:middle]), root(leaves[middle:]))
