"""Checkpoints as signed notes (C2SP signed-note and tlog-checkpoint), and their keys as text."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "— "  # the em dash of the format
_MOST = 4096


class BadNote(ValueError):
    """It is no checkpoint of this log: not its form, not its origin, or not signed by its key."""


@dataclass(frozen=True)
class Checkpoint:
    """How many entries a log has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """The public key of a log, with its name."""

    name: str
    key: Ed25519PublicKey

    @property
    def hint(self) -> bytes:
        """Four bytes by which a signature names its key."""
        named = self.name.encode() + b"\n" + _ED25519 + self.key.public_bytes_raw()
        return hashlib.sha256(named).digest()[:4]

    @property
    def text(self) -> str:
        """As it is published: name, hint and key."""
        packed = base64.b64encode(_ED25519 + self.key.public_bytes_raw()).decode()
        return f"{self.name}+{self.hint.hex()}+{packed}"

    @classmethod
    def read(cls, text: str) -> "Verifier":
        """Read a published key; raises BadNote."""
        try:
            name, hint, packed = text.strip().split("+", 2)
            raw = base64.b64decode(packed, validate=True)
            found = cls(name, Ed25519PublicKey.from_public_bytes(raw[1:]))
        except ValueError as error:
            raise BadNote("not a key of a log") from error
        if raw[:1] != _ED25519 or found.hint.hex() != hint:
            raise BadNote("the key does not fit its name")
        return found


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a note with one signature."""
    verifier = Verifier(checkpoint.origin, key.public_key())
    packed = verifier.hint + key.sign(checkpoint.text.encode())
    signature = base64.b64encode(packed).decode()
    return f"{checkpoint.text}\n{_DASH}{checkpoint.origin} {signature}\n"


def opened(note: str, verifier: Verifier) -> Checkpoint:
    """Read a note that the log has signed; raises BadNote."""
    if len(note) > _MOST:
        raise BadNote("too long for a checkpoint")
    text, gap, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) != 3 or lines[0] != verifier.name or not _is_number(lines[1]):
        raise BadNote("not a checkpoint of this log")
    checkpoint = Checkpoint(lines[0], int(lines[1]), _root(lines[2]))
    if not any(_holds(line, checkpoint, verifier) for line in signatures.split("\n")):
        raise BadNote("not signed by the log")
    return checkpoint


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and str(int(text)) == text


def _root(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise BadNote("not a root") from error
    if len(raw) != 32:
        raise BadNote("not a root")
    return raw


def _holds(line: str, checkpoint: Checkpoint, verifier: Verifier) -> bool:
    start = f"{_DASH}{verifier.name} "
    if not line.startswith(start):
        return False
    try:
        packed = base64.b64decode(line.removeprefix(start), validate=True)
        verifier.key.verify(packed[4:], checkpoint.text.encode())
    except (ValueError, InvalidSignature):
        return False
    return packed[:4] == verifier.hint
