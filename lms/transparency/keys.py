"""The key of the log: its own, derived from the setting that those of the trail come from."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.audit import keys as audit_keys
from lms.transparency.notes import Verifier
from lms.web import running


def signing_key() -> Ed25519PrivateKey:
    """The key that signs checkpoints."""
    return Ed25519PrivateKey.from_private_bytes(audit_keys.derived("public log"))


def verifier() -> Verifier:
    """Its public half, under the name of this log."""
    return Verifier(f"{running.settings().host}/log", signing_key().public_key())
