"""What changed between two texts, word by word. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|[^\s]+")
LONGEST = 4000
"""Words on either side up to which single words are compared; beyond, the whole is replaced."""


class Change(StrEnum):
    """What happened to a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A piece of text and what happened to it."""

    change: Change
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The words of both texts in order; what is kept and added together is ``after``."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > LONGEST:
        return _filled(Piece(Change.REMOVED, before), Piece(Change.ADDED, after))
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(Change.KEPT, "".join(new[k:m])))
        else:
            removed = Piece(Change.REMOVED, "".join(old[i:j]))
            found += _filled(removed, Piece(Change.ADDED, "".join(new[k:m])))
    return found


def _filled(*given: Piece) -> list[Piece]:
    return [piece for piece in given if piece.text]
