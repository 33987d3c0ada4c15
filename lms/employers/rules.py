"""What can be said of rows before anything is looked up. Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from lms.employers.models import Flaw
from lms.employers.reading import Line
from lms.kernel import codes

SMALL = 200
"""So many rows are answered at once; more are gone through in the background."""


@dataclass(frozen=True)
class Looked:
    """A row with its flaw, the number of the row with the same code before, and the digest."""

    line: Line
    flaw: Flaw
    twin: int | None
    digest: str


def looked_through(lines: list[Line]) -> Iterator[Looked]:
    """Blank, said before, or impossible as a code; the last is answered as unknown all the same."""
    first: dict[str, int] = {}
    for line in lines:
        code = codes.read_verification_code(line.code) or line.code
        if not any(character.isalnum() for character in line.code):
            yield Looked(line, Flaw.BLANK, None, "")
            continue
        digest = hashlib.sha256(code.encode()).hexdigest()
        earlier = first.setdefault(digest, line.number)
        if earlier != line.number:
            yield Looked(line, Flaw.DUPLICATE, earlier, digest)
        else:
            known = codes.read_verification_code(line.code) is not None
            yield Looked(line, Flaw.NONE if known else Flaw.MALFORMED, None, digest)
