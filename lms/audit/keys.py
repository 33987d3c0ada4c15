"""Keys derived from one setting: for the seals of the trail, its signed heads, the public log."""

import functools

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms.web import running


@functools.cache
def _derived(secret: str, purpose: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"sijil audit {purpose}".encode())
    return made.derive(secret.encode())


def derived(purpose: str) -> bytes:
    """A key for one purpose alone; knowing one says nothing of the others."""
    return _derived(running.settings().audit_key, purpose)


def sealing_key() -> bytes:
    """The key of the seals' macs."""
    return derived("seal")


def head_key() -> Ed25519PrivateKey:
    """The key that signs heads."""
    return Ed25519PrivateKey.from_private_bytes(derived("head"))


def public_key() -> str:
    """The public half of the head key, in hexadecimal."""
    return head_key().public_key().public_bytes_raw().hex()
