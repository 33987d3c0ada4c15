"""The signature of the institute on a PDF: certifying, invisible, in exactly one revision."""

import hashlib
import io
from datetime import datetime
from typing import Any

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSigningSession,
    SigDSSPlacementPreference,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.certificates.document_keys import DocumentKey
from lms.certificates.keys import KeyRing
from lms.certificates.stamping import Stamping, refusals_told

FIELD = "IssuerSignature"
DIGEST = "sha256"


class _MetadataKept(IncrementalPdfFileWriter):
    """Leaves XMP alone: pyHanko would rewrite it and break the PDF/A extension schema."""

    def _update_meta(self) -> None:
        pass


class _DatedSigner(signers.PdfSigner):
    """Signs at a given time; pyHanko itself would ask the system clock."""

    now: datetime

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002 - the signature of pyHanko
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.now
        return session


def sign(pdf: bytes, ring: KeyRing, *, now: datetime, stamping: Stamping | None = None) -> bytes:
    """Return ``pdf`` certified by the ring's document key; no later change is permitted.

    ``now`` is an aware time and becomes the signing time. With ``stamping`` the signature carries
    a time stamp and what is needed to check it later (PAdES B-LT), else neither (B-B).

    Raises:
        ValueError: ``now`` is naive.
        KeyAway, StampAway: what signs or stamps is away.

    """
    if now.utcoffset() is None:
        raise ValueError("the time must be aware")
    writer = _MetadataKept(io.BytesIO(pdf))
    fields.append_signature_field(writer, _field(ring))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
        name=ring.signer_certificate.subject.rfc4514_string(),
        **_long_term(stamping),
    )
    stamper = stamping.stamper if stamping else None
    dated = _DatedSigner(metadata, signer=signer(ring), timestamper=stamper)
    dated.now = now
    output = io.BytesIO()
    with refusals_told():
        reserved = room(ring) + (2 * stamper.size(DIGEST) if stamper else 0)
        dated.sign_pdf(writer, bytes_reserved=reserved, output=output)
    return output.getvalue()


def _long_term(stamping: Stamping | None) -> dict[str, Any]:
    if stamping is None:
        return {}
    # Together with the signature: what came in a revision of its own would look like a change.
    together = DSSContentSettings(
        include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
    )
    return {
        "validation_context": stamping.signers,
        "embed_validation_info": True,
        "dss_settings": together,
    }


def room(ring: KeyRing) -> int:
    """Hexadecimal digits to leave for the signature: pyHanko would sign twice to find out.

    A signature holds the certificates up to the root, and less than two kilobytes beside them.
    """
    certificates = (ring.signer_certificate, *ring.chain)
    return 2 * (2048 + sum(len(each.public_bytes(Encoding.DER)) for each in certificates))


def _field(ring: KeyRing) -> fields.SigFieldSpec:
    # A rectangle of no size fails PDF/UA; one outside the page passes.
    outside = fields.InvisSigSettings(box_out_of_bounds=True)
    return fields.SigFieldSpec(
        FIELD,
        on_page=0,
        invis_sig_settings=outside,
        readable_field_name=f"Signature: {ring.did}",
    )


class _RingSigner(signers.Signer):
    """Signs by whatever holds the document key: it sees digests, and pyHanko never the key."""

    key: DocumentKey

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: FBT001, FBT002 - the signature of pyHanko
    ) -> bytes:
        del dry_run  # only asked for where the size of a signature is not known
        return self.key.sign(hashlib.new(digest_algorithm, data).digest())


def signer(ring: KeyRing) -> signers.Signer:
    """Signs with the document key of the ring, its certificate and chain beside."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([_asn1(each) for each in (*ring.chain, ring.root)])
    made = _RingSigner(
        signing_cert=_asn1(ring.signer_certificate), cert_registry=store, embed_roots=False
    )
    made.key = ring.document_key
    return made


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
