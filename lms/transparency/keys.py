"""The key of the log: its own, derived from the setting that those of the trail come from."""

import functools

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms.transparency.notes import Verifier
from lms.web import running


@functools.cache
def _derived(secret: str) -> Ed25519PrivateKey:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sijil transparency log")
    return Ed25519PrivateKey.from_private_bytes(made.derive(secret.encode()))


def signing_key() -> Ed25519PrivateKey:
    """The key that signs checkpoints."""
    return _derived(running.settings().audit_key)


def verifier() -> Verifier:
    """Its public half, under the name of this log."""
    return Verifier(f"{running.settings().host}/log", signing_key().public_key())
