"""Files as the institute issues them, and the same with other contents, keys and settings."""

import hashlib
import io
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pikepdf
from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter, copy_into_new_writer
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.certificates import keys, proof
from lms.certificates.document_keys import FileKey
from lms.certificates.keys import KeyRing
from lms.checking.attachment import read_credential
from lms.kernel import trees
from lms.printing.content import ATTACHMENT, RECEIPT
from lms.transparency import notes
from lms.transparency import service as transparency

Document = dict[str, Any]
FIELD = "IssuerSignature"
ISSUED = datetime(2026, 11, 1, tzinfo=UTC)
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
LOG = notes.Verifier("sijil.example/log", LOG_KEY.public_key())


@dataclass(frozen=True)
class Original:
    """An issued file, the keys of its issuer, and those of a stranger under the same names.

    ``authority`` is the key of the issuer's authority, which a ring itself does not hold.
    """

    pdf: bytes
    ring: KeyRing
    authority: ec.EllipticCurvePrivateKey
    stranger: KeyRing

    @classmethod
    def of(cls, pdf: bytes, ring: KeyRing, folder: Path) -> "Original":
        """One whose issuer keeps its keys, made for development, in this folder."""
        authority = load_pem_private_key((folder / "ca.key.pem").read_bytes(), None)
        assert isinstance(authority, ec.EllipticCurvePrivateKey)
        host = ring.did.removeprefix("did:web:").replace("%3A", ":")
        with tempfile.TemporaryDirectory() as other:
            keys.make_development_keys(
                Path(other) / "pki",
                host=host,
                now=ring.signer_certificate.not_valid_before_utc,
            )
            stranger = keys.load(Path(other) / "pki", host=host, passphrase=None)
        assert stranger.root.subject == ring.root.subject
        return cls(pdf, ring, authority, stranger)

    @cached_property
    def credential(self) -> Document:
        return read_credential(self.pdf)

    @cached_property
    def unsigned(self) -> bytes:
        """The same page and attachments without field and signature."""
        output = io.BytesIO()
        with pikepdf.open(io.BytesIO(self.pdf)) as document:
            for name in ("/AcroForm", "/Perms"):
                del document.Root[name]
            del document.pages[0]["/Annots"]
            document.save(output)
        return output.getvalue()


def signed(pdf: bytes, ring: KeyRing, **settings: Any) -> bytes:
    """Signed with the document key of a ring, as the institute signs or with other settings."""
    return _signed_in(IncrementalPdfFileWriter(io.BytesIO(pdf)), ring, **settings)


def _signed_in(writer: BasePdfFileWriter, ring: KeyRing, **settings: Any) -> bytes:
    wanted: dict[str, Any] = {
        "field_name": FIELD,
        "md_algorithm": "sha256",
        "certify": True,
        "docmdp_permissions": fields.MDPPerm.NO_CHANGES,
        "subfilter": fields.SigSeedSubFilter.PADES,
        **settings,
    }
    output = io.BytesIO()
    metadata = signers.PdfSignatureMetadata(**wanted)
    signers.sign_pdf(writer, metadata, signer=signer_of(ring), output=output)
    return output.getvalue()


def key_of(ring: KeyRing) -> ec.EllipticCurvePrivateKey:
    """The document key, which lies in a file here."""
    assert isinstance(ring.document_key, FileKey)
    return ring.document_key.key


def signer_of(ring: KeyRing) -> signers.SimpleSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([_asn1(each) for each in ring.chain])
    key = key_of(ring).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=_asn1(ring.signer_certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(key),
        cert_registry=store,
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def resaved(pdf: bytes, **settings: Any) -> bytes:
    """Opened and saved by another program."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(output, **settings)
    return output.getvalue()


def attached(pdf: bytes, files: list[tuple[str, bytes]]) -> bytes:
    """A file with these attachments (names, and data already packed) in the place of its own."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        flat = pikepdf.Array()
        for name, packed in files:
            stream = document.make_stream(packed, Filter=pikepdf.Name.FlateDecode)
            holder = pikepdf.Dictionary(
                Type=pikepdf.Name.Filespec, UF=name, F=name, EF=pikepdf.Dictionary(F=stream)
            )
            flat.extend([pikepdf.String(name), document.make_indirect(holder)])
        document.Root.Names.EmbeddedFiles = pikepdf.Dictionary(Names=flat)
        del document.Root["/AF"]
        document.save(output, recompress_flate=False, compress_streams=False)
    return output.getvalue()


def holding(original: Original, *credentials: bytes, name: str = ATTACHMENT) -> bytes:
    """The page of the original around other credentials, under a signature of ours."""
    files = [(name, zlib.compress(each)) for each in credentials]
    return signed(attached(original.unsigned, files), original.ring)


def holding_document(original: Original, document: Document) -> bytes:
    """The same with one document as we write it."""
    return holding(original, proof.canonical_bytes(document))


def holding_receipt(original: Original, receipt: bytes) -> bytes:
    """The page with its own credential, and with this as the receipt of the log."""
    both = {ATTACHMENT: proof.canonical_bytes(original.credential), RECEIPT: receipt}
    files = [(name, zlib.compress(data)) for name, data in both.items()]
    return signed(attached(original.unsigned, files), original.ring)


def reissued(original: Original, **changes: object) -> bytes:
    """What the institute itself would have issued with other members: genuine."""
    unproved = {name: value for name, value in original.credential.items() if name != "proof"}
    return holding_document(original, proof.prove(unproved | changes, original.ring, now=ISSUED))


def receipt_of(document: Document, *, kind: str = "issued") -> bytes:
    """The receipt of another log, ``LOG``, whose second entry speaks of a credential."""
    digest = hashlib.sha256(proof.canonical_bytes(document)).hexdigest()
    entry = transparency.said(kind, ISSUED, digest)
    first, leaf = trees.leaf(b"first"), transparency.leaf_of(entry)
    checkpoint = notes.signed(notes.Checkpoint(LOG.name, 2, trees.node(first, leaf)), LOG_KEY)
    return transparency.Receipt(entry, 1, [first], checkpoint).to_json()


def in_one_body(original: Original) -> bytes:
    """Signed while it is written, without an update behind."""
    reader = PdfFileReader(io.BytesIO(original.unsigned))
    return _signed_in(copy_into_new_writer(reader), original.ring)


def in_object_streams(original: Original) -> bytes:
    """All that is no stream packed into streams of objects, then signed in an update."""
    packed = resaved(original.unsigned, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return signed(packed, original.ring)


LAYOUTS: dict[str, Callable[[Original], bytes]] = {
    "as issued": lambda original: original.pdf,
    "in one body": in_one_body,
    "in object streams": in_object_streams,
}
"""Ways to write a genuine file."""
