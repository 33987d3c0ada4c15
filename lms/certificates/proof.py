"""Data Integrity proofs of suite eddsa-rdfc-2022 over documents that this institute builds."""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any, cast

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
_CONTROL = re.compile(rb"(?<!\\)(?:\\\\)*\\[bfnrtu]|\x7f")


def _jsonld() -> Any:  # noqa: ANN401  # an untyped library
    # Loaded when a proof is made or checked: it brings an HTTP client along that nobody uses.
    from pyld import jsonld  # type: ignore[import-untyped]

    return jsonld


class TermDropped(ValueError):
    """JSON-LD would leave a part of the document out of the signature."""


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


def check_nothing_dropped(document: Document) -> None:
    """Refuse a document of which some member would stay outside the signature.

    PyLD has no safe mode: unknown terms and relative identifiers vanish silently, and other
    verifiers then refuse the credential.

    Raises:
        TermDropped: with the members that differ.
        ValueError: a text holds a control character, which canonical forms write differently.

    """
    if _CONTROL.search(canonical_bytes(document)):
        raise ValueError("control characters have no place in a credential")
    jsonld = _jsonld()
    expanded = jsonld.expand(document, _OPTIONS)
    _check_absolute(expanded)
    compacted = jsonld.compact(expanded, {"@context": document["@context"]}, _OPTIONS)
    left, right = _plain(document), _plain(compacted)
    if left != right:
        lost = sorted(key for key in {*left, *right} if left.get(key) != right.get(key))
        raise TermDropped(", ".join(lost))


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items() if key != "@context"}
    if isinstance(value, list):
        # Compaction writes an array of one as the bare value.
        return _plain(value[0]) if len(value) == 1 else [_plain(member) for member in value]
    return value


def _check_absolute(node: Any) -> None:  # noqa: ANN401 - any JSON value
    if isinstance(node, list):
        for member in node:
            _check_absolute(member)
    if not isinstance(node, dict):
        return
    types = node.get("@type", [])
    for name in [node.get("@id", "_:"), *(types if isinstance(types, list) else [types])]:
        if ":" not in name:
            raise TermDropped(name)
    for member in node.values():
        _check_absolute(member)


def prove(document: Document, ring: KeyRing, *, now: datetime) -> Document:
    """Return ``document`` with one proof, in an array as Open Badges 3.0 asks.

    Raises:
        TermDropped: something in the document would not be signed.
        ValueError: it is no JSON-LD, or holds a control character.

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
    """Tell whether the one proof of a stored document holds under the key.

    Only for documents of our own making: canonicalising a hostile one can take hours.
    """
    proofs = document.get("proof")
    if not isinstance(proofs, list) or len(proofs) != 1 or proofs[0].get("cryptosuite") != SUITE:
        return False
    options = {key: value for key, value in proofs[0].items() if key != "proofValue"}
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    key = from_multibase(public_key_multibase)
    try:
        signature = base58.b58decode(cast("str", proofs[0]["proofValue"])[1:])
        key.verify(signature, _digest(unsigned, options))
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def _digest(document: Document, options: Document) -> bytes:
    # The suite hashes the options first, read with the contexts of the document.
    parts = ({"@context": document["@context"], **options}, document)
    try:
        written = [quads.canonical(part) for part in parts]
    except quads.Unfit:
        written = _generally(*parts)
    return b"".join(hashlib.sha256(each.encode()).digest() for each in written)


def _generally(options: Document, document: Document) -> list[str]:
    jsonld = _jsonld()
    try:
        # The closed table drops nothing; only the general way must be watched.
        check_nothing_dropped(document)
        return [general_quads(part) for part in (options, document)]
    except jsonld.JsonLdError as error:
        raise ValueError("no JSON-LD that a signature here may depend on") from error


def general_quads(document: Document) -> str:
    """The canonical quads of any document, by JSON-LD: what ``quads.canonical`` is tested against.

    Raises:
        JsonLdError: of PyLD; a context that is not shipped, for one.

    """
    written: str = _jsonld().normalize(document, _CANONICAL)
    return written
