"""Forgeries: one list of what no checker may call genuine, made from a certificate and its keys.

The classes are those of the literature on signed PDFs (incremental saving, forged and wrapped
signatures, certification attacks, shadow attacks, stolen identity), then credentials that were
touched under a sound signature, and files that are only meant to keep a checker busy.
"""

import asyncio
import copy
import io
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, cast

import pikepdf
from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter, copy_into_new_writer
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.certificates import proof
from lms.certificates.content import ATTACHMENT
from lms.certificates.keys import KeyRing
from lms.checking.attachment import read_credential

Document = dict[str, Any]
FIELD = "IssuerSignature"


@dataclass(frozen=True)
class Original:
    """An issued file, the keys of its issuer, and those of a stranger under the same names."""

    pdf: bytes
    ring: KeyRing
    stranger: KeyRing

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
    signers.sign_pdf(writer, metadata, signer=_signer(ring), output=output)
    return output.getvalue()


def _signer(ring: KeyRing, certificate: x509.Certificate | None = None) -> signers.SimpleSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([_asn1(each) for each in ring.chain])
    key = ring.signer_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=_asn1(certificate or ring.signer_certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(key),
        cert_registry=store,
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


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


def holding(original: Original, credential: bytes, ring: KeyRing | None = None) -> bytes:
    """The page of the original around another credential, under a signature of ours."""
    made = attached(original.unsigned, [(ATTACHMENT, zlib.compress(credential))])
    return signed(made, ring or original.ring)


def holding_document(original: Original, document: Document) -> bytes:
    """The same with a document as we write it."""
    return holding(original, proof.canonical_bytes(document))


def reissued(original: Original, **changes: str) -> bytes:
    """What the institute itself would have issued with other members: genuine."""
    unproved = {name: value for name, value in original.credential.items() if name != "proof"}
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return holding_document(original, proof.prove(unproved | changes, original.ring, now=now))


def in_one_body(original: Original) -> bytes:
    """Signed while it is written, without an update behind."""
    reader = PdfFileReader(io.BytesIO(original.unsigned))
    return _signed_in(copy_into_new_writer(reader), original.ring)


def in_object_streams(original: Original) -> bytes:
    """All that is no stream packed into streams of objects, then signed in an update."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(original.unsigned)) as document:
        document.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return signed(output.getvalue(), original.ring)


LAYOUTS: dict[str, Callable[[Original], bytes]] = {
    "as issued": lambda original: original.pdf,
    "in one body": in_one_body,
    "in object streams": in_object_streams,
}
"""Ways to write a genuine file."""


# Saved again behind the signature.

Change = Callable[[IncrementalPdfFileWriter], None]


def _later(change: Change) -> Callable[[Original], bytes]:
    def make(original: Original) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(original.pdf))
        change(writer)
        output = io.BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()

    return make


def _page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return cast("generic.DictionaryObject", writer.root["/Pages"]["/Kids"][0])


def _dictionary(**members: Any) -> generic.DictionaryObject:
    named = {pdf_name(f"/{name}"): value for name, value in members.items()}
    return generic.DictionaryObject(named)  # type: ignore[no-untyped-call]


def _number(value: int) -> generic.NumberObject:
    return generic.NumberObject(value)  # type: ignore[no-untyped-call]


def _rectangle() -> generic.ArrayObject:
    return generic.ArrayObject(_number(each) for each in (0, 0, 400, 400))


def contents(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    painted = generic.StreamObject(stream_data=b"0 0 100 100 re f")
    page["/Contents"] = writer.add_object(painted)
    writer.update_container(page)


def hidden_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    kind = _dictionary(Type=pdf_name("/Page"), Parent=writer.root.raw_get("/Pages"))
    pages["/Kids"].append(writer.add_object(kind))
    pages["/Count"] = _number(len(pages["/Kids"]))
    writer.update_container(pages)


def font(writer: IncrementalPdfFileWriter) -> None:
    base = _dictionary(
        Type=pdf_name("/Font"), Subtype=pdf_name("/Type1"), BaseFont=pdf_name("/Symbol")
    )
    fonts = _page(writer)["/Resources"]["/Font"]
    fonts[next(iter(fonts))] = writer.add_object(base)
    writer.update_container(fonts)


def _annotation(subtype: str, **members: Any) -> Change:
    def add(writer: IncrementalPdfFileWriter) -> None:
        page = _page(writer)
        one = _dictionary(
            Type=pdf_name("/Annot"), Subtype=pdf_name(subtype), Rect=_rectangle(), **members
        )
        page["/Annots"] = generic.ArrayObject([*page["/Annots"], writer.add_object(one)])
        writer.update_container(page)

    return add


def javascript(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = _dictionary(
        S=pdf_name("/JavaScript"), JS=pdf_string("app.alert('Valid!')")
    )
    writer.update_root()  # type: ignore[no-untyped-call]


def language(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Lang"] = pdf_string("tlh")
    writer.update_root()  # type: ignore[no-untyped-call]


def layer(writer: IncrementalPdfFileWriter) -> None:
    one = writer.add_object(_dictionary(Type=pdf_name("/OCG"), Name=pdf_string("Other")))
    off = _dictionary(OFF=generic.ArrayObject([one]))
    writer.root["/OCProperties"] = _dictionary(OCGs=generic.ArrayObject([one]), D=off)
    writer.update_root()  # type: ignore[no-untyped-call]


def metadata(writer: IncrementalPdfFileWriter) -> None:
    writer.update_root()  # type: ignore[no-untyped-call]


def shown_instead(writer: IncrementalPdfFileWriter) -> None:
    """A second tree of pages waited in the file, and is now the one that counts."""
    page = _dictionary(Type=pdf_name("/Page"), MediaBox=_rectangle())
    kids = generic.ArrayObject([writer.add_object(page)])
    pages = _dictionary(Type=pdf_name("/Pages"), Kids=kids, Count=_number(1))
    writer.root["/Pages"] = writer.add_object(pages)
    writer.update_root()  # type: ignore[no-untyped-call]


def uncovered(writer: IncrementalPdfFileWriter) -> None:
    """What lay over the content is taken away."""
    page = _page(writer)
    resources = page["/Resources"]
    resources["/XObject"] = _dictionary()
    writer.update_container(resources)


def _names(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return cast("generic.DictionaryObject", writer.root["/Names"]["/EmbeddedFiles"])


def _forged(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    data = json.dumps({"name": "Doctor of everything"}).encode()
    return writer.add_object(generic.StreamObject(stream_data=data))


def attachment_swapped(writer: IncrementalPdfFileWriter) -> None:
    flat = _names(writer)["/Names"]
    for place in range(1, len(flat), 2):
        if flat[place]["/UF"] == ATTACHMENT:
            holder = flat[place]["/EF"]
            holder["/F"] = _forged(writer)
            writer.update_container(holder)


def attachment_added(writer: IncrementalPdfFileWriter) -> None:
    holder = _dictionary(
        Type=pdf_name("/Filespec"),
        F=pdf_string(ATTACHMENT),
        UF=pdf_string(ATTACHMENT),
        EF=_dictionary(F=_forged(writer)),
    )
    tree = _names(writer)
    tree["/Names"].extend([pdf_string(ATTACHMENT), writer.add_object(holder)])
    writer.update_container(tree)


def second_signature(original: Original) -> bytes:
    """A stranger signs what we certified, without asking whether that is allowed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(original.pdf))
    steps = PdfCMSEmbedder().write_cms(field_name="Second", writer=writer)
    next(steps)
    placeholder = PdfSignedData(
        obj_type=pdf_name("/Sig"), subfilter=fields.SigSeedSubFilter.PADES, bytes_reserved=16384
    )
    steps.send(SigObjSetup(sig_placeholder=placeholder))
    digest, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    signer = _signer(original.stranger)
    steps.send(asyncio.run(signer.async_sign(digest.document_digest, "sha256", use_pades=True)))
    return cast("bytes", output.getvalue())


# Forged and wrapped signatures.

_CONTENTS = re.compile(rb"/Contents <([0-9A-Fa-f]{100,})>")
_RANGE = re.compile(rb"/ByteRange \[([0-9 ]+)\]")
_START = re.compile(rb"startxref\n([0-9]+)\n%%EOF\n\Z")


def zeroed(original: Original) -> bytes:
    return _CONTENTS.sub(lambda found: b"/Contents <" + b"0" * len(found[1]) + b">", original.pdf)


def emptied(original: Original) -> bytes:
    return _CONTENTS.sub(lambda found: b"/Contents <>" + b" " * len(found[1]), original.pdf)


def unranged(original: Original) -> bytes:
    return original.pdf.replace(b"/ByteRange", b"/NoRange__")


def _ranged(numbers: Callable[[list[int]], list[int]]) -> Callable[[Original], bytes]:
    def make(original: Original) -> bytes:
        def other(found: re.Match[bytes]) -> bytes:
            told = " ".join(map(str, numbers([int(each) for each in found[1].split()])))
            return b"/ByteRange [%b]" % told.encode().ljust(len(found[1]))

        return _RANGE.sub(other, original.pdf)

    return make


def rewritten(original: Original) -> bytes:
    """Opened and saved by another program."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(original.pdf)) as document:
        document.save(output)
    return output.getvalue()


def wrapped(original: Original) -> bytes:
    """Something of a stranger's beside the signature, and a range that leaves it out."""
    more = b"% wrapped"
    first, many, second, rest = map(int, _found(_RANGE, original.pdf).split())
    told = b"/ByteRange [%d %d %d %d]" % (first, many, second + len(more), rest)
    start = int(_found(_START, original.pdf))
    made = original.pdf[:second] + more + original.pdf[second:]
    made = _START.sub(b"startxref\n%d\n%%%%EOF\n" % (start + len(more)), made)
    return _RANGE.sub(told, made)


def _found(pattern: re.Pattern[bytes], data: bytes) -> bytes:
    match = pattern.search(data)
    assert match is not None
    return match[1]


# Somebody else in our name.


def by_namesakes(original: Original) -> bytes:
    return signed(original.unsigned, original.stranger)


def self_signed(original: Original) -> bytes:
    ours = original.ring.signer_certificate
    stranger = original.stranger.signer_key
    made = (
        x509.CertificateBuilder()
        .subject_name(ours.subject)
        .issuer_name(ours.subject)
        .public_key(stranger.public_key())
        .serial_number(ours.serial_number)
        .not_valid_before(ours.not_valid_before_utc)
        .not_valid_after(ours.not_valid_after_utc)
    )
    for extension in ours.extensions:
        made = made.add_extension(extension.value, critical=extension.critical)
    certificate = made.sign(stranger, hashes.SHA256())
    output = io.BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(original.unsigned)),
        signers.PdfSignatureMetadata(field_name=FIELD, certify=True),
        signer=_signer(original.stranger, certificate),
        output=output,
    )
    return output.getvalue()


def look_alike(original: Original) -> bytes:
    """Unsigned, around the genuine credential: a credential alone would be found valid."""
    return original.unsigned


def proved_by_a_stranger(original: Original) -> bytes:
    unproved = {name: value for name, value in original.credential.items() if name != "proof"}
    now = datetime(2026, 11, 1, tzinfo=UTC)
    forged = proof.prove({**unproved, "name": "Doctor"}, original.stranger, now=now)
    return holding_document(original, forged)


def uncertified(original: Original) -> bytes:
    return signed(original.unsigned, original.ring, certify=False)


def another_field(original: Original) -> bytes:
    return signed(original.unsigned, original.ring, field_name="Signature1")


def changes_allowed(original: Original) -> bytes:
    return signed(original.unsigned, original.ring, docmdp_permissions=fields.MDPPerm.FILL_FORMS)


# Credentials touched, even under our signature on the file.


def renamed(document: Document) -> None:
    document["name"] = "Another award"


def raised(document: Document) -> None:
    document["credentialSubject"]["achievement"]["criteria"]["narrative"] = "Everything"


def another_issuer(document: Document) -> None:
    document["issuer"]["id"] = "did:web:evil.example"


def another_index(document: Document) -> None:
    document["credentialStatus"]["statusListIndex"] = "1"


def prolonged(document: Document) -> None:
    document["validUntil"] = "2199-01-01T00:00:00Z"


def twice_proved(document: Document) -> None:
    document["proof"] = document["proof"] * 2


def unproved(document: Document) -> None:
    del document["proof"]


def another_context(document: Document) -> None:
    document["@context"] = [*document["@context"], "https://evil.example/context"]


def without_status(document: Document) -> None:
    del document["credentialStatus"]


def by_did_key(document: Document) -> None:
    document["proof"][0]["verificationMethod"] = "did:key:z6Mk#z6Mk"


def one_more_term(document: Document) -> None:
    document["nickname"] = "Ais"


def clique(document: Document) -> None:
    """Blank nodes that all point at each other: each more makes canonicalising ten times longer."""
    names = [f"_:n{number}" for number in range(7)]
    document["evidence"] = [
        {
            "id": one,
            "https://evil.example/knows": [{"id": other} for other in names if other != one],
        }
        for one in names
    ]


TOUCHED: tuple[Callable[[Document], None], ...] = (
    renamed,
    raised,
    another_issuer,
    another_index,
    prolonged,
    twice_proved,
    unproved,
    another_context,
    without_status,
    by_did_key,
    one_more_term,
    clique,
)


def touched(spoil: Callable[[Document], None], document: Document) -> Document:
    """A copy of a credential, spoilt."""
    spoilt = copy.deepcopy(document)
    spoil(spoilt)
    return spoilt


def _with(spoil: Callable[[Document], None]) -> Callable[[Original], bytes]:
    return lambda original: holding_document(original, touched(spoil, original.credential))


def twice_named(original: Original) -> bytes:
    """Two names in one object: one reader believes the first, another the last."""
    text = proof.canonical_bytes(original.credential)
    return holding(original, b'{"name":"Doctor",' + text[1:])


def two_credentials(original: Original) -> bytes:
    packed = zlib.compress(proof.canonical_bytes(original.credential))
    return signed(attached(original.unsigned, [(ATTACHMENT, packed)] * 2), original.ring)


def no_credential(original: Original) -> bytes:
    return signed(
        attached(original.unsigned, [("other.json", zlib.compress(b"{}"))]), original.ring
    )


def bomb(original: Original) -> bytes:
    packed = zlib.compress(b"[" * 50_000_000)
    return signed(attached(original.unsigned, [(ATTACHMENT, packed)]), original.ring)


def encrypted(original: Original) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(original.pdf)) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="o", user="u"))
    return output.getvalue()


# Meant to keep a checker busy.


def _file(objects: list[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of them its catalog."""
    data, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start, size = len(data), len(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<< /Size %d /Root 1 0 R %b>>\n" % (size, trailer)
    return bytes(data + b"startxref\n%d\n%%%%EOF\n" % start)


_CATALOG = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] >> >>"
_PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"
_SIGNED = b"<< /FT /Sig /T (IssuerSignature) /V %b >>"
_SIGNATURE = b"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <3003020101> %b >>"


def many_objects(_: Original) -> bytes:
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", _SIGNATURE % b"", *[b"0"] * 100_000])


def many_fields(_: Original) -> bytes:
    catalog = _CATALOG.replace(b"[3 0 R]", b"[" + b"3 0 R " * 600_000 + b"]")
    return _file([catalog, _PAGES, _SIGNED % b"4 0 R", _SIGNATURE % b""])


def many_ranges(_: Original) -> bytes:
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", b"/ByteRange " * 400_000])


def deep_arrays(_: Original) -> bytes:
    return _file([_CATALOG, _PAGES, _SIGNED % (b"[" * 2_000_000)])


def deep_dictionaries(_: Original) -> bytes:
    deep = _SIGNATURE % (b"/A << " * 400_000)
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", deep])


def circle_of_fields(_: Original) -> bytes:
    round_and_round = b"<< /T (IssuerSignature) /Parent 3 0 R /Kids [3 0 R] /V 4 0 R >>"
    return _file([_CATALOG, _PAGES, round_and_round, _SIGNATURE % b""])


def long_comment(_: Original) -> bytes:
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", _SIGNATURE % (b"% " + b"%\n" * 2_000_000)])


def huge_lengths(_: Original) -> bytes:
    told = b"<< /Type /ObjStm /N 999999999 /First 999999999 /Length 99999999999 >>"
    told += b"\nstream\nx\nendstream"
    made = _file([_CATALOG, _PAGES, _SIGNED % b"9999999 0 R", told])
    return made.replace(b"/Size 5", b"/Size 2147483647")


def huge_der(_: Original) -> bytes:
    length = b"<308400000000" + b"30ff" * 1_000_000 + b">"
    signature = (_SIGNATURE % b"").replace(b"<3003020101>", length)
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", signature])


Make = Callable[[Original], bytes]
FORGED: dict[str, Make] = {
    **{
        f"saved later: {name}": _later(change)
        for name, change in {
            "contents": contents,
            "hidden page": hidden_page,
            "font": font,
            "free text": _annotation("/FreeText", Contents=pdf_string("Doctor")),
            "link": _annotation("/Link", Dest=pdf_string("x")),
            "stamp": _annotation("/Stamp", Contents=pdf_string("Valid")),
            "JavaScript": javascript,
            "language": language,
            "layer": layer,
            "attachment swapped": attachment_swapped,
            "attachment added": attachment_added,
            "metadata": metadata,
            "shadow that replaces": shown_instead,
            "shadow that hides": uncovered,
        }.items()
    },
    "trailing bytes": lambda original: original.pdf + b"\n% more\n",
    "trailing newline": lambda original: original.pdf + b"\n",
    "prefix bytes": lambda original: b"\n" + original.pdf,
    "second signature": second_signature,
    "zeroed signature": zeroed,
    "empty signature": emptied,
    "no range": unranged,
    "short range": _ranged(lambda told: [0, told[1], told[2], 10]),
    "range of nothing": _ranged(lambda _: [0, 0, 0, 0]),
    "negative range": _ranged(lambda told: [0, told[1], -1, told[3]]),
    "wrapped": wrapped,
    "rewritten": rewritten,
    "namesakes": by_namesakes,
    "self-signed": self_signed,
    "look-alike": look_alike,
    "proved by a stranger": proved_by_a_stranger,
    "not certifying": uncertified,
    "another field": another_field,
    "changes allowed": changes_allowed,
    **{f"credential {each.__name__.replace('_', ' ')}": _with(each) for each in TOUCHED},
    "credential twice named": twice_named,
    "two credentials": two_credentials,
    "no credential": no_credential,
    "encrypted": encrypted,
}
HOSTILE: dict[str, Make] = {
    "bomb": bomb,
    "many objects": many_objects,
    "many fields": many_fields,
    "many ranges": many_ranges,
    "deep arrays": deep_arrays,
    "deep dictionaries": deep_dictionaries,
    "circle of fields": circle_of_fields,
    "long comment": long_comment,
    "huge lengths": huge_lengths,
    "huge DER": huge_der,
}
ATTACKS = {**FORGED, **HOSTILE}
