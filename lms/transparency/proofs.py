"""Proofs over a log (RFC 9162, section 2.1): made from digests of subtrees, and checked.

Pure: ``Read`` gives the digest of a complete subtree by (level, position). Checking needs nothing
of ours, so that an outsider can repeat it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from lms.kernel import trees

T = TypeVar("T")
Read = Callable[[int, int], bytes]


def root(read: Read, size: int) -> bytes:
    """The root over the first ``size`` leaves."""
    return _over(read, 0, size) if size else trees.EMPTY


def _over(read: Read, start: int, end: int) -> bytes:
    size = end - start
    level = size.bit_length() - 1
    if size == 1 << level:
        return read(level, start >> level)
    middle = start + trees.split(size)
    return trees.node(_over(read, start, middle), _over(read, middle, end))


def inclusion(read: Read, number: int, size: int) -> list[bytes]:
    """The audit path of a leaf in the tree of ``size``; raises ValueError outside of it."""
    if not 0 <= number < size:
        raise ValueError("no such leaf in this tree")
    return _path(read, number, 0, size)


def _path(read: Read, number: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + trees.split(end - start)
    if number < middle:
        return [*_path(read, number, start, middle), _over(read, middle, end)]
    return [*_path(read, number, middle, end), _over(read, start, middle)]


def consistency(read: Read, first: int, second: int) -> list[bytes]:
    """What proves that the tree of ``second`` continues that of ``first``; raises ValueError."""
    if not 0 < first <= second:
        raise ValueError("the first tree must not be empty, nor larger than the second")
    return _subproof(read, first, 0, second, whole=True)


def _subproof(read: Read, first: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    if first == end - start:
        return [] if whole else [_over(read, start, end)]
    middle = trees.split(end - start)
    if first <= middle:
        left = _subproof(read, first, start, start + middle, whole=whole)
        return [*left, _over(read, start + middle, end)]
    right = _subproof(read, first - middle, start + middle, end, whole=False)
    return [*right, _over(read, start, start + middle)]


def root_by_inclusion(leaf: bytes, number: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf and its audit path lead to; raises ValueError."""
    if not 0 <= number < size:
        raise ValueError("no such leaf in this tree")
    steps = iter(path)
    return _used_up(_root_over(leaf, number, size, steps), steps)


def _root_over(leaf: bytes, number: int, size: int, steps: Iterator[bytes]) -> bytes:
    if size == 1:
        return leaf
    middle = trees.split(size)
    if number < middle:
        return trees.node(_root_over(leaf, number, middle, steps), _next(steps))
    right = _root_over(leaf, number - middle, size - middle, steps)
    return trees.node(_next(steps), right)


def is_continued(first: int, old: bytes, second: int, new: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree under ``new`` continues that under ``old``."""
    if not 0 < first <= second:
        return False
    steps = iter(proof)
    try:
        return _used_up(_roots(first, second, old, steps), steps) == (old, new)
    except ValueError:
        return False


def _roots(first: int, size: int, old: bytes | None, steps: Iterator[bytes]) -> tuple[bytes, bytes]:
    """The roots over the first leaves and over all; ``old`` is known where they begin the tree."""
    if first == size:
        same = _next(steps) if old is None else old
        return same, same
    middle = trees.split(size)
    if first <= middle:
        before, after = _roots(first, middle, old, steps)
        return before, trees.node(after, _next(steps))
    before, after = _roots(first - middle, size - middle, None, steps)
    left = _next(steps)
    return trees.node(left, before), trees.node(left, after)


def _next(steps: Iterator[bytes]) -> bytes:
    step = next(steps, None)
    if step is None:
        raise ValueError("the proof is too short")
    return step


def _used_up(made: T, steps: Iterator[bytes]) -> T:
    if next(steps, None) is not None:
        raise ValueError("the proof is too long")
    return made
