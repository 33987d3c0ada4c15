"""Data Integrity proofs of suite eddsa-rdfc-2022 over documents that this institute builds."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import base58
import rfc8785
from cryptography.exceptions import InvalidSignature

from lms.certificates import contexts, quads
from lms.certificates.keys import KeyRing, from_multibase

Document = dict[str, Any]
SUITE = "eddsa-rdfc-2022"
_OPTIONS = {"documentLoader": contexts.load}
# PyLD knows RDFC-1.0 by its older name; the two differ only in how control characters are written.
_CANONICAL = {**_OPTIONS, "algorithm": "URDNA2015", "format": "application/n-quads"}


def _jsonld() -> Any:  # noqa: ANN401  # an untyped library
    # Loaded when a proof is made or checked: it brings an HTTP client along that nobody uses.
    from pyld import jsonld  # type: ignore[import-untyped]

    return jsonld


def instant(moment: datetime) -> str:
    """Return an aware time as xsd:dateTime in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def canonical_bytes(document: Document) -> bytes:
    """Return RFC 8785 bytes: the form that is hashed, stored and compared."""
    return rfc8785.dumps(document)


def quick_bytes(document: Document) -> bytes:
    """The same bytes for what we issue (ASCII names, whole numbers), in a tenth of the time.

    Only for comparing digests: where the two forms differ, the digest does too.
    """
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "surrogatepass")


def prove(document: Document, ring: KeyRing, *, now: datetime) -> Document:
    """Return ``document`` with one proof, in an array as Open Badges 3.0 asks.

    Raises:
        Unfit: something in the document is not in the table of terms, and so would not be signed.

    """
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": instant(now),
        "verificationMethod": ring.verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = ring.credential_key.sign(_digest(document, options))
    value = "z" + base58.b58encode(signature).decode("ascii")
    return {**document, "proof": [{**options, "proofValue": value}]}


def verify(document: Document, public_key_multibase: str) -> bool:
    """Tell whether the one proof of a credential or status list, of anybody's, holds under the key.

    What is not of our closed shape does not hold: canonicalising a hostile document could take
    hours.
    """
    proofs = document.get("proof")
    if not isinstance(proofs, list) or len(proofs) != 1 or not isinstance(proofs[0], dict):
        return False
    options = {key: value for key, value in proofs[0].items() if key != "proofValue"}
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    value = proofs[0].get("proofValue")
    if options.get("cryptosuite") != SUITE or not isinstance(value, str):
        return False
    key = from_multibase(public_key_multibase)
    try:
        key.verify(base58.b58decode(value[1:]), _digest(unsigned, options))
    except (InvalidSignature, ValueError):
        return False
    return True


def _digest(document: Document, options: Document) -> bytes:
    # The suite hashes the options first, read with the contexts of the document.
    parts = ({"@context": document.get("@context"), **options}, document)
    return b"".join(hashlib.sha256(_quads(part).encode()).digest() for part in parts)


def _quads(document: Document) -> str:
    try:
        return quads.canonical(document)
    except quads.Alike:
        # Of our shape all the same, so nothing is left out. What is alike has no neighbours but
        # such as differ, and costs the general algorithm no permutations.
        return general_quads(document)


def general_quads(document: Document) -> str:
    """The canonical quads of any document of our own, by JSON-LD.

    What it does not know it leaves out in silence. ``quads.canonical`` is tested against it.

    Raises:
        JsonLdError: of PyLD; a context that is not shipped, for one.

    """
    written: str = _jsonld().normalize(document, _CANONICAL)
    return written
