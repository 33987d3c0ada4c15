"""The file from which a roll was filled in: told to the page, and believed when it comes back.

Between reading the file and saving the roll a person looks it over; nothing is kept meanwhile.
"""

from dataclasses import asdict, dataclass

from lms.kernel import sealed_text


@dataclass(frozen=True)
class RollFile:
    """A file by its SHA-256: its name, its lines, and how many people of the roll are in it."""

    name: str
    digest: str
    rows: int
    found: int


def sealed(file: RollFile, session_id: str, *, by: int, key: str) -> str:
    """The file as text that only this person can hand in, for this class session alone."""
    return sealed_text.sealed(asdict(file), _purpose(session_id, by), key)


def opened(text: str, session_id: str, *, by: int, key: str) -> RollFile | None:
    """The file that a text tells of; None for a text that was not written by ``sealed``."""
    said = sealed_text.opened(text, _purpose(session_id, by), key)
    if said is None:
        return None
    return RollFile(str(said["name"]), str(said["digest"]), int(said["rows"]), int(said["found"]))


def _purpose(session_id: str, by: int) -> str:
    return f"roll-file {session_id} {by}"
