"""The file from which a roll was filled in: told to the page, and believed when it comes back.

Between reading the file and saving the roll a person looks it over; nothing is kept meanwhile.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass

_PURPOSE = b"roll-file"


@dataclass(frozen=True)
class RollFile:
    """A file by its SHA-256: its name, its lines, and how many people of the roll are in it."""

    name: str
    digest: str
    rows: int
    found: int


def sealed(file: RollFile, session_id: str, *, by: int, key: str) -> str:
    """The file as text that only this person can hand in, for this class session alone."""
    said = urlsafe_b64encode(json.dumps(asdict(file)).encode())
    return f"{said.decode()}.{_mark(said, session_id, by, key)}"


def opened(text: str, session_id: str, *, by: int, key: str) -> RollFile | None:
    """The file that a text tells of; None for a text that was not written by ``sealed``."""
    said, _, mark = text.partition(".")
    expected = _mark(said.encode(), session_id, by, key)
    if not hmac.compare_digest(mark.encode(), expected.encode()):
        return None
    return RollFile(**json.loads(urlsafe_b64decode(said)))


def _mark(said: bytes, session_id: str, by: int, key: str) -> str:
    whole = b"\0".join((_PURPOSE, session_id.encode(), str(by).encode(), said))
    return hmac.digest(key.encode(), whole, "sha256").hex()
