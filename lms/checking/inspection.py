"""Whether an uploaded PDF carries our signature, and which credential lies in it.

The upload is hostile until proved otherwise: nothing is fetched, JSON-LD is never canonicalised
(a small document can keep that busy for hours), and ``apart`` gives the parser a process of its
own with limits. A caller compares the credential with the stored one; nothing here says
that a certificate is valid.
"""

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from lms.certificates.signing import FIELD
from lms.checking import remains
from lms.checking.apart import DISTRUSTED, Inspection, Signature, unfit
from lms.checking.attachment import AttachmentError, read_credential

_BROKEN = {"unreadable", "no-signature"}
"""Where one byte of a table may hide what stands in the file."""
_SERIAL = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_CODE = re.compile(r"https://[^/]+/v/([0-9A-Z*~$=]{27})", re.IGNORECASE)


def inspect(
    pdf: bytes,
    roots: Sequence[x509.Certificate],
    *,
    now: datetime | None = None,
    refused: Collection[str] = (),
) -> Inspection:
    """Inspect the bytes of an upload; never raises on account of them.

    ``roots`` are the only trust anchors. ``now`` is the aware time at which the chain must hold,
    by default the present. ``refused`` are serial numbers of signers that are not believed.
    """
    seen = unfit(pdf)
    if seen is not None:
        return seen
    signature, problem = _signature(pdf, roots, now, refused)
    broken = problem in _BROKEN
    if broken:
        left, why = remains.signature(pdf, roots, refused)
        signature, problem = (left, why) if left != "none" else (signature, problem)
    try:
        credential = read_credential(pdf)
    except AttachmentError as error:
        if signature == "ok":
            # Our own certificates hold exactly one: this is some other file that we signed.
            return Inspection("bad", error.code)
        found = remains.credential(pdf) if broken else None
        if found is None:
            return Inspection(signature, problem)
        credential = found
    return Inspection(
        signature, problem, credential, serial=_serial(credential), code=_code(credential)
    )


def _signature(
    pdf: bytes,
    roots: Sequence[x509.Certificate],
    now: datetime | None,
    refused: Collection[str],
) -> tuple[Signature, str]:
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        if reader.encrypted:
            return "none", "encrypted"
        signatures = list(reader.embedded_signatures)
    except Exception:  # noqa: BLE001 - a hostile file may raise anything
        return "none", "unreadable"
    if not signatures:
        return "none", "no-signature"
    if len(signatures) > 1:
        return "bad", "several-signatures"
    try:
        return _judge(signatures[0], _validate(signatures[0], roots, now), refused)
    except Exception:  # noqa: BLE001 - the same
        return "bad", "signature-unreadable"


def _validate(
    embedded: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], now: datetime | None
) -> PdfSignatureStatus:
    anchors = [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in roots]
    context = ValidationContext(trust_roots=anchors, allow_fetching=False, moment=now)
    usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
    return validate_pdf_signature(embedded, context, key_usage_settings=usage)


def _judge(
    embedded: EmbeddedPdfSignature, status: PdfSignatureStatus, refused: Collection[str]
) -> tuple[Signature, str]:
    if not (status.intact and status.valid):
        return "bad", "digest"
    if not status.trusted:
        return "foreign", "untrusted"
    if f"{status.signing_cert.serial_number:x}" in refused:
        return "foreign", DISTRUSTED
    # The verdict of pyHanko alone accepts some additions after the signature: trailing bytes.
    checks = (
        (status.coverage == SignatureCoverageLevel.ENTIRE_FILE, "changed-after-signing"),
        (embedded.field_name == FIELD, "field-name"),
        (embedded.docmdp_level == MDPPerm.NO_CHANGES, "not-certified"),
        (bool(status.docmdp_ok), "changed-after-signing"),
        (_acceptable(status), "not-acceptable"),
    )
    for passed, problem in checks:
        if not passed:
            return "bad", problem
    return "ok", ""


def _acceptable(status: PdfSignatureStatus) -> bool:
    """The verdict of pyHanko, whoever stamped the time: the record says when it was issued."""
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.intact and stamp.valid):
        return status.bottom_line
    return replace(status, timestamp_validity=None).bottom_line


def _serial(credential: dict[str, Any]) -> str | None:
    subject = credential.get("credentialSubject")
    serial = subject.get("licenseNumber") if isinstance(subject, dict) else None
    return serial if isinstance(serial, str) and _SERIAL.fullmatch(serial) else None


def _code(credential: dict[str, Any]) -> str | None:
    evidence = credential.get("evidence")
    first = evidence[0] if isinstance(evidence, list) and evidence else None
    address = first.get("id") if isinstance(first, dict) else None
    found = _CODE.fullmatch(address) if isinstance(address, str) else None
    return found[1].upper() if found else None
