"""What is left of ours in a PDF whose structure is broken: one changed byte can hide everything.

Nothing here makes a file genuine. It tells an altered certificate of ours from a stranger's broken
file, by the bytes alone: a signature of ours that stands in it, or the credential.
"""

import re
import zlib
from collections.abc import Collection, Sequence
from typing import Any

from asn1crypto import cms  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from lms.checking.apart import DISTRUSTED, Signature
from lms.checking.attachment import CREDENTIAL_LIMIT, AttachmentError, parse_credential

_CONTENTS = re.compile(rb"/Contents\s*<([0-9A-Fa-f]{100,})>")
_STREAM = re.compile(rb"stream\r?\n")
_MOST_SIGNATURES = 4
_MOST_STREAMS = 300
_LONGEST_CHAIN = 4


def signature(
    pdf: bytes, roots: Sequence[x509.Certificate], refused: Collection[str]
) -> tuple[Signature, str]:
    """Whether a signature of ours stands in it: it cannot hold any more."""
    if b"/ByteRange" in pdf:
        for number, found in enumerate(_CONTENTS.finditer(pdf)):
            signer = _signer(found[1], roots) if number < _MOST_SIGNATURES else None
            if signer is not None and f"{signer.serial_number:x}" in refused:
                return "foreign", DISTRUSTED
            if signer is not None:
                return "bad", "unreadable"
    return "none", "unreadable"


def _signer(text: bytes, roots: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """Who signed, if it is one of ours; None for anything else."""
    try:
        signed = cms.ContentInfo.load(bytes.fromhex(text.decode()))["content"]
        (one,) = signed["signer_infos"]
        brought = [
            x509.load_der_x509_certificate(each.chosen.dump()) for each in signed["certificates"]
        ]
        number = one["sid"].chosen["serial_number"].native
        signer = next(each for each in brought if each.serial_number == number)
        key = signer.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return None
        said = one["signed_attrs"].untag().dump()
        key.verify(one["signature"].native, said, ec.ECDSA(hashes.SHA256()))
        return signer if _leads_to(roots, signer, brought) else None
    except Exception:  # noqa: BLE001 - a hostile file may raise anything
        return None


def _leads_to(
    roots: Sequence[x509.Certificate], signer: x509.Certificate, brought: list[x509.Certificate]
) -> bool:
    here: x509.Certificate | None = signer
    for _ in range(_LONGEST_CHAIN):
        if here is None or any(_issued(root, here) for root in roots):
            return here is not None
        below = here
        here = next((each for each in brought if each != below and _issued(each, below)), None)
    return False


def _issued(issuer: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def credential(pdf: bytes) -> dict[str, Any] | None:
    """The first credential that a stream of the file holds, wherever it may hang."""
    for number, found in enumerate(_STREAM.finditer(pdf)):
        if number == _MOST_STREAMS:
            break
        said = _unfolded(pdf[found.end() : found.end() + CREDENTIAL_LIMIT])
        if said.startswith(b"{") and b'"credentialSubject"' in said:
            try:
                return parse_credential(said)
            except AttachmentError:
                continue
    return None


def _unfolded(data: bytes) -> bytes:
    if data.startswith(b"{"):
        return data.partition(b"endstream")[0].rstrip()
    try:
        return zlib.decompressobj().decompress(data, CREDENTIAL_LIMIT + 1)
    except zlib.error:
        return b""
