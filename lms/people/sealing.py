"""Small secrets at rest: AES-256-GCM under a key that does not lie in the database.

A sealed value is ``2.ID.TEXT``; the id tells which key opens it. Older ones are ``1.TEXT``.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_WITHOUT_ID, _WITH_ID = "1", "2"
_NONCE = 12
_ID_BYTES = 4

Keys = tuple[str, ...]
"""Keys that open, the present one first; only that one seals."""


class CannotOpen(Exception):
    """The sealed value was made with another key or for another owner, or it was changed."""


def seal(secret: bytes, *, key: str, purpose: str, owner: int) -> str:
    """Seal a secret of ``owner``; opens only with the same key, purpose and owner."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_derived(key, purpose)).encrypt(nonce, secret, _context(purpose, owner))
    return f"{prefix(key)}{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, keys: Keys, purpose: str, owner: int) -> bytes:
    """The secret; raises CannotOpen."""
    secret, _ = opened(sealed, keys=keys, purpose=purpose, owner=owner)
    return secret


def opened(sealed: str, *, keys: Keys, purpose: str, owner: int) -> tuple[bytes, str]:
    """The secret, and which of the keys opened it; raises CannotOpen."""
    version, _, text = sealed.partition(".")
    if version == _WITH_ID:
        named, _, text = text.partition(".")
        keys = tuple(key for key in keys if key_id(key) == named)
    elif version != _WITHOUT_ID:
        raise CannotOpen(version)
    try:
        raw = base64.urlsafe_b64decode(text)
    except ValueError as error:
        raise CannotOpen(purpose) from error
    for key in keys:
        box = AESGCM(_derived(key, purpose))
        try:
            return box.decrypt(raw[:_NONCE], raw[_NONCE:], _context(purpose, owner)), key
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen(purpose)


def key_id(key: str) -> str:
    """Eight signs that tell a key from others and say nothing about it."""
    return _expanded(key, "sijil key id", _ID_BYTES).hex()


def prefix(key: str) -> str:
    """What everything that is sealed under a key begins with."""
    return f"{_WITH_ID}.{key_id(key)}."


def _derived(key: str, purpose: str) -> bytes:
    # A key of its own for each purpose.
    return _expanded(key, f"sijil {purpose}", 32)


def _expanded(key: str, info: str, length: int) -> bytes:
    # HKDF, RFC 5869.
    return HKDF(hashes.SHA256(), length, salt=None, info=info.encode()).derive(key.encode())


def _context(purpose: str, owner: int) -> bytes:
    return f"{purpose}:{owner}".encode()


def keyed_digest(text: str, *, key: str, purpose: str) -> str:
    """By what a text is found again that nobody should find by trying: HMAC-SHA-256."""
    return hmac.new(_derived(key, purpose), text.encode(), hashlib.sha256).hexdigest()
