"""The public list of revoked certificates (W3C Bitstring Status List)."""

import base64
import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from lms.certificates.contexts import CREDENTIALS_V2
from lms.certificates.keys import KeyRing
from lms.certificates.proof import instant, prove

SIZE = 131_072
LIFETIME = timedelta(days=7)


def address(host: str, number: int) -> str:
    """Where list ``number`` is published; credentials name it, so it never moves."""
    return f"https://{host}/status/revocation/{number}"


def encode(revoked: Iterable[int], size: int = SIZE) -> str:
    """Return the list as multibase text: ``u`` and base64url of gzip; index 0 is the first bit.

    Raises:
        ValueError: an index outside ``0..size-1``, or a size below 131072 or not of whole bytes.

    """
    if size < SIZE or size % 8:
        raise ValueError("a status list has at least 131072 bits, in whole bytes")
    bits = bytearray(size // 8)
    for index in revoked:
        if not 0 <= index < size:
            raise ValueError(f"index {index} is outside the list")
        bits[index // 8] |= 0x80 >> index % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def is_set(encoded: str, index: int) -> bool:
    """Tell whether the bit at ``index`` of a list of our own making is set."""
    text = encoded[1:]
    bits = gzip.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return bool(bits[index // 8] & 0x80 >> index % 8)


def status_credential(
    ring: KeyRing, *, url: str, revoked: Iterable[int], now: datetime
) -> dict[str, Any]:
    """Return the signed list to be served at ``url``; it stays valid for seven days."""
    document = {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        # Verifiers want the same issuer here as in the credential.
        "issuer": ring.did,
        "validFrom": instant(now),
        "validUntil": instant(now + LIFETIME),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode(revoked),
        },
    }
    return prove(document, ring, now=now)
