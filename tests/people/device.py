"""A device that keeps one passkey, as authenticators do (WebAuthn 2, ES256, no attestation)."""

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _VERIFIED, _HAS_KEY = 0x01, 0x04, 0x40


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Device:
    """Answers what a page asks; ``origin`` is where the person believes to be."""

    def __init__(self, host: str, origin: str) -> None:
        self.host, self.origin, self.uses = host, origin, 0
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.credential = secrets.token_bytes(32)

    def make(self, options: str) -> str:
        """The answer to the options of ``navigator.credentials.create``."""
        attested = (
            bytes(16)
            + len(self.credential).to_bytes(2, "big")
            + self.credential
            + cbor2.dumps(self._public())
        )
        data = self._about(_PRESENT | _VERIFIED | _HAS_KEY) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options)
        return self._answer({"clientDataJSON": _text(said), "attestationObject": _text(statement)})

    def show(self, options: str) -> str:
        """The answer to the options of ``navigator.credentials.get``."""
        self.uses += 1
        data, said = self._about(_PRESENT | _VERIFIED), self._said("webauthn.get", options)
        signed = self._key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": _text(said),
                "authenticatorData": _text(data),
                "signature": _text(signed),
            }
        )

    def _public(self) -> dict[int, object]:
        numbers = self._key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        return {1: 2, 3: -7, -1: 1, -2: x, -3: y}

    def _about(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _said(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = _text(self.credential)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
