"""Proofs of the log: the vector of RFC 6962, every size, and nothing else accepted."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel import trees
from lms.transparency import proofs

# The eight leaves of the test vector that implementations of RFC 6962 share, and its roots.
VECTOR = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = (*range(1, 70), 128, 129, 255, 300)


def leaves(size: int) -> list[bytes]:
    return [trees.leaf(str(number).encode()) for number in range(size)]


def reader(of: Sequence[bytes]) -> proofs.Read:
    """Digests of complete subtrees, computed as they are asked for."""

    def read(level: int, position: int) -> bytes:
        start = position << level
        piece = of[start : start + (1 << level)]
        assert len(piece) == 1 << level, "only complete subtrees are stored"
        return trees.root(piece)

    return read


def test_the_roots_of_the_shared_vector() -> None:
    hashed = [trees.leaf(data) for data in VECTOR]
    for size, expected in ROOTS.items():
        assert proofs.root(reader(hashed), size).hex() == expected
    assert proofs.root(reader([]), 0) == hashlib.sha256().digest()


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_of_every_size_is_proved(size: int) -> None:
    hashed = leaves(size)
    read, root = reader(hashed), trees.root(hashed)
    assert proofs.root(read, size) == root
    for number in {0, size // 3, size // 2, size - 1}:
        path = proofs.inclusion(read, number, size)
        assert proofs.root_by_inclusion(hashed[number], number, size, path) == root


@pytest.mark.parametrize("second", SIZES)
def test_every_earlier_size_is_continued(second: int) -> None:
    hashed = leaves(second)
    read, new = reader(hashed), trees.root(hashed)
    for first in range(1, second + 1):
        proof = proofs.consistency(read, first, second)
        old = trees.root(hashed[:first])
        assert proofs.is_continued(first, old, second, new, proof)
        assert not proofs.is_continued(first, trees.leaf(b"x"), second, new, proof)
        assert not proofs.is_continued(first, old, second, trees.leaf(b"x"), proof)


@given(st.data())
def test_nothing_else_is_proved(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 40))
    number = data.draw(st.integers(0, size - 1))
    hashed = leaves(size)
    root, path = trees.root(hashed), proofs.inclusion(reader(hashed), number, size)
    spoiled = data.draw(
        st.sampled_from(
            [
                (trees.leaf(b"other"), number, size, path),
                (hashed[number], number, size, [*path, root]),
                (hashed[number], number, size, path[:-1] if path else [root]),
                (hashed[number], number, size, [bytes(32), *path[1:]] if path else [bytes(32)]),
                (hashed[number], size, size, path),
                (hashed[number], -1, size, path),
            ]
        )
    )
    try:
        found = proofs.root_by_inclusion(*spoiled)
    except ValueError:
        return
    assert found != root


@given(st.integers(2, 60), st.data())
def test_a_changed_past_is_not_continued(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    changed = data.draw(st.integers(0, first - 1))
    hashed = leaves(second)
    old = trees.root(hashed[:first])
    hashed[changed] = trees.leaf(b"rewritten")
    proof = proofs.consistency(reader(hashed), first, second)
    assert not proofs.is_continued(first, old, second, trees.root(hashed), proof)
    assert not proofs.is_continued(second + 1, old, second, old, proof)
    assert not proofs.is_continued(0, old, second, old, [])
