import json
import re
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from lms.certificates import credential, keys, signing
from lms.checking import apart, inspection
from lms.checking.apart import Inspection
from lms.checking.attachment import CREDENTIAL_LIMIT, AttachmentError, parse_credential
from lms.printing import pdf
from lms.printing.content import CertificateContent

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def _inspect(data: bytes, ring: keys.KeyRing) -> Inspection:
    return inspection.inspect(data, [ring.root], now=LATER)


def _verdict(data: bytes, ring: keys.KeyRing) -> tuple[str, str]:
    found = _inspect(data, ring)
    return found.signature, found.problem


def _later_revision(data: bytes) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(BytesIO(data))


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call] # of pyHanko
    return output.getvalue()


def test_a_genuine_certificate(
    issued: bytes, ring: keys.KeyRing, signed: dict[str, Any], content: CertificateContent
) -> None:
    found = _inspect(issued, ring)
    assert (found.signature, found.problem) == ("ok", "")
    assert found.credential == signed
    assert (found.serial, found.code) == (content.serial, content.code)


def test_trailing_bytes(issued: bytes, ring: keys.KeyRing) -> None:
    assert _inspect(issued + b"\n% more\n", ring).signature == "bad"


def test_leading_bytes(issued: bytes, ring: keys.KeyRing) -> None:
    assert _verdict(b"\n" + issued, ring) == ("none", "not-a-pdf")


def test_contents_changed_in_a_later_revision(issued: bytes, ring: keys.KeyRing) -> None:
    writer = _later_revision(issued)
    leaf = writer.root["/Pages"]["/Kids"][0]
    stream = generic.StreamObject(stream_data=b"0 0 100 100 re f")
    leaf["/Contents"] = writer.add_object(stream)
    writer.update_container(leaf)
    found = _inspect(_written(writer), ring)
    assert (found.signature, found.problem) == ("bad", "changed-after-signing")
    assert found.serial == "ILKS-2026-00731"


def test_attachment_swapped_in_a_later_revision(
    issued: bytes, ring: keys.KeyRing, signed: dict[str, Any]
) -> None:
    forged = json.dumps({**signed, "name": "Doctor of everything"}).encode()
    writer = _later_revision(issued)
    holder = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]
    holder["/F"] = writer.add_object(generic.StreamObject(stream_data=forged))
    writer.update_container(holder)
    assert _verdict(_written(writer), ring) == ("bad", "changed-after-signing")


def test_metadata_refreshed_in_a_later_revision(issued: bytes, ring: keys.KeyRing) -> None:
    writer = _later_revision(issued)
    writer.update_root()  # type: ignore[no-untyped-call] # of pyHanko
    assert _inspect(_written(writer), ring).signature == "bad"


def test_rewritten_by_another_program(issued: bytes, ring: keys.KeyRing) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(issued)) as document:
        document.save(output)
    found = _inspect(output.getvalue(), ring)
    assert found.signature == "bad"
    assert found.serial == "ILKS-2026-00731"


def test_every_sampled_flipped_byte(issued: bytes, ring: keys.KeyRing) -> None:
    start = issued.index(b"/Contents <")
    for place in (*range(10, start, 4999), len(issued) - 40):
        flipped = bytearray(issued)
        flipped[place] ^= 1
        assert _inspect(bytes(flipped), ring).signature != "ok", place


def test_zeroed_signature(issued: bytes, ring: keys.KeyRing) -> None:
    zeroed = re.sub(
        rb"/Contents <([0-9A-Fa-f]{100,})>",
        lambda found: b"/Contents <" + b"0" * len(found[1]) + b">",
        issued,
    )
    assert zeroed != issued
    assert _inspect(zeroed, ring).signature == "none"


@pytest.mark.parametrize("other", [rb"/ByteRan@e", rb"/NoRange__"])
def test_no_byte_range(issued: bytes, ring: keys.KeyRing, other: bytes) -> None:
    assert _inspect(issued.replace(b"/ByteRange", other), ring).signature in {"bad", "none"}


def test_resigned_by_another_authority_of_the_same_names(
    rendered: bytes, ring: keys.KeyRing, tmp_path: Path
) -> None:
    keys.make_development_keys(tmp_path / "pki", host="sijil.example", now=NOW - timedelta(days=60))
    stranger = keys.load(tmp_path / "pki", host="sijil.example", passphrase=None)
    assert stranger.root.subject == ring.root.subject
    found = _inspect(signing.sign(rendered, stranger, now=NOW), ring)
    assert (found.signature, found.problem) == ("foreign", "untrusted")
    assert found.serial == "ILKS-2026-00731"


def test_outside_the_life_of_the_signer(issued: bytes, ring: keys.KeyRing) -> None:
    late = NOW + timedelta(days=365 * 30)
    assert inspection.inspect(issued, [ring.root], now=late).signature == "foreign"


def test_unsigned_look_alike_with_the_genuine_credential(
    rendered: bytes, ring: keys.KeyRing
) -> None:
    found = _inspect(rendered, ring)
    assert (found.signature, found.problem) == ("none", "no-signature")
    assert found.serial == "ILKS-2026-00731"


def test_signed_by_us_but_not_certified(rendered: bytes, ring: keys.KeyRing) -> None:
    # As if the signing service had been asked to sign something with other settings.
    from pyhanko.sign import signers

    output = BytesIO()
    metadata = signers.PdfSignatureMetadata(field_name=signing.FIELD, md_algorithm="sha256")
    signers.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(rendered)),
        metadata,
        signer=signing.signer(ring),
        output=output,
    )
    assert _verdict(output.getvalue(), ring) == ("bad", "not-certified")


def test_encrypted(rendered: bytes, ring: keys.KeyRing) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(rendered)) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="o", user="u"))
    found = _inspect(output.getvalue(), ring)
    assert (found.signature, found.problem, found.credential) == ("none", "encrypted", None)


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\x89PNG\r\n", b"%PDF-", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n" * 9]
)
def test_no_pdf(data: bytes, ring: keys.KeyRing) -> None:
    found = _inspect(data, ring)
    assert found.signature == "none"
    assert found.problem in {"not-a-pdf", "unreadable"}


def test_too_large(ring: keys.KeyRing) -> None:
    data = b"%PDF-" + bytes(apart.PDF_LIMIT)
    assert _verdict(data, ring) == ("none", "too-large")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated(issued: bytes, ring: keys.KeyRing, share: float) -> None:
    assert _inspect(issued[: int(len(issued) * share)], ring).signature == "none"


def test_duplicate_keys_in_the_credential(content: CertificateContent, ring: keys.KeyRing) -> None:
    twice = b'{"id": "https://a.example/1", "id": "https://a.example/2"}'
    data = signing.sign(pdf.render(content, twice, now=NOW), ring, now=NOW)
    found = _inspect(data, ring)
    assert (found.signature, found.problem) == ("bad", "duplicate-keys")
    assert found.credential is None


def _with_attachments(rendered: bytes, attachments: list[tuple[str, bytes]]) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(rendered)) as document:
        flat = pikepdf.Array()
        for name, packed in attachments:
            stream = document.make_stream(packed, Filter=pikepdf.Name.FlateDecode)
            holder = pikepdf.Dictionary(
                Type=pikepdf.Name.Filespec, UF=name, F=name, EF=pikepdf.Dictionary(F=stream)
            )
            flat.extend([pikepdf.String(name), document.make_indirect(holder)])
        document.Root.Names.EmbeddedFiles = pikepdf.Dictionary(Names=flat)
        document.save(output, recompress_flate=False, compress_streams=False)
    return output.getvalue()


def test_two_credentials_are_none(rendered: bytes, ring: keys.KeyRing) -> None:
    packed = zlib.compress(b"{}")
    data = _with_attachments(rendered, [("credential.json", packed)] * 2)
    assert _inspect(data, ring).credential is None


def test_a_bomb_is_not_unfolded(rendered: bytes, ring: keys.KeyRing) -> None:
    bomb = zlib.compress(b"[" * 50_000_000)
    data = _with_attachments(rendered, [("credential.json", bomb)])
    assert _inspect(data, ring).credential is None


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        '{"a": NaN}',
        '{"a": 1',
        "[" * 100_000,
        '{"a": {"b": 1, "b": 1}}',
        '{"a": "' + "x" * CREDENTIAL_LIMIT + '"}',
    ],
)
def test_what_is_no_credential(text: str) -> None:
    with pytest.raises(AttachmentError):
        parse_credential(text.encode())


@pytest.mark.parametrize(
    "strange",
    [
        {"credentialSubject": [], "evidence": {}},
        {"credentialSubject": {"licenseNumber": 5}, "evidence": [7]},
        {"credentialSubject": {"licenseNumber": "x" * 65}, "evidence": [{"id": "javascript:x"}]},
    ],
)
def test_strange_credentials_have_no_serial_and_code(
    content: CertificateContent, ring: keys.KeyRing, strange: dict[str, Any]
) -> None:
    data = pdf.render(content, credential.canonical_bytes(strange), now=NOW)
    found = _inspect(data, ring)
    assert found.credential == strange
    assert (found.serial, found.code) == (None, None)


def test_inspection_apart(issued: bytes, ring: keys.KeyRing, key_folder: Path) -> None:
    found = apart.inspect_apart(issued, [key_folder / "root.pem"], now=LATER)
    assert found == _inspect(issued, ring)


def test_inspection_apart_ends_in_time(
    issued: bytes, key_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0)
    monkeypatch.setattr(apart, "PATIENCE", 0)
    found = apart.inspect_apart(issued, [key_folder / "root.pem"])
    assert found == Inspection("none", "too-slow")


def test_inspection_apart_is_stopped_by_the_processor_it_takes(
    issued: bytes, key_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0)
    found = apart.inspect_apart(issued, [key_folder / "root.pem"])
    assert found == Inspection("none", "too-slow")


def test_inspection_apart_wants_its_roots(issued: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        apart.inspect_apart(issued, [tmp_path / "root.pem"])


def test_inspection_apart_does_not_take_too_much(key_folder: Path) -> None:
    data = bytes(apart.PDF_LIMIT + 1)
    found = apart.inspect_apart(data, [key_folder / "root.pem"])
    assert found == Inspection("none", "too-large")


def test_the_program_prints_one_object(rendered: bytes, key_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lms.checking.inspection", str(key_folder / "root.pem")],
        input=rendered,
        capture_output=True,
        check=True,
        cwd=Path(inspection.__file__).parents[2],
    )
    assert json.loads(done.stdout)["signature"] == "none"
