"""Small secrets at rest: AES-256-GCM under a key that does not lie in the database."""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = "1"
_NONCE = 12


class CannotOpen(Exception):
    """The sealed value was made with another key or for another owner, or it was changed."""


def seal(secret: bytes, *, key: str, purpose: str, owner: int) -> str:
    """Seal a secret of ``owner``; opens only with the same key, purpose and owner."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_derived(key, purpose)).encrypt(nonce, secret, _context(purpose, owner))
    return f"{_VERSION}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, key: str, purpose: str, owner: int) -> bytes:
    """The secret; raises CannotOpen."""
    version, _, text = sealed.partition(".")
    try:
        raw = base64.urlsafe_b64decode(text)
        if version != _VERSION:
            raise CannotOpen(version)
        box = AESGCM(_derived(key, purpose))
        return box.decrypt(raw[:_NONCE], raw[_NONCE:], _context(purpose, owner))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen(purpose) from error


def _derived(key: str, purpose: str) -> bytes:
    # HKDF, RFC 5869: a key of its own for each purpose.
    info = f"sijil {purpose}".encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(key.encode())


def _context(purpose: str, owner: int) -> bytes:
    return f"{purpose}:{owner}".encode()


def keyed_digest(text: str, *, key: str, purpose: str) -> str:
    """By what a text is found again that nobody should find by trying: HMAC-SHA-256."""
    return hmac.new(_derived(key, purpose), text.encode(), hashlib.sha256).hexdigest()
