import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lms.certificates import credential, keys
from lms.checking import apart, inspection
from lms.checking.apart import Inspection
from lms.checking.attachment import CREDENTIAL_LIMIT, AttachmentError, parse_credential
from lms.printing import pdf
from lms.printing.content import CertificateContent
from tests.checking import attacks, hostile
from tests.checking.forging import Original

pytestmark = pytest.mark.once

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@pytest.fixture(scope="module")
def original(issued: bytes, ring: keys.KeyRing, key_folder: Path) -> Original:
    return Original.of(issued, ring, key_folder)


def _inspect(data: bytes, ring: keys.KeyRing) -> Inspection:
    return inspection.inspect(data, [ring.root], now=LATER)


def _verdict(data: bytes, ring: keys.KeyRing) -> tuple[str, str]:
    found = _inspect(data, ring)
    return found.signature, found.problem


def test_a_genuine_certificate(
    issued: bytes, ring: keys.KeyRing, signed: dict[str, Any], content: CertificateContent
) -> None:
    found = _inspect(issued, ring)
    assert (found.signature, found.problem) == ("ok", "")
    assert found.credential == signed
    assert (found.serial, found.code) == (content.serial, content.code)


def test_every_sampled_flipped_byte(issued: bytes, ring: keys.KeyRing) -> None:
    start = issued.index(b"/Contents <")
    for place in (*range(10, start, 4999), len(issued) - 40):
        flipped = bytearray(issued)
        flipped[place] ^= 1
        assert _inspect(bytes(flipped), ring).signature != "ok", place


def _table(data: bytes) -> range:
    """Where the table of objects stands, and what says where that is."""
    start = int(data[data.rindex(b"startxref") :].split()[1])
    return range(start, len(data) - 6)


def test_a_changed_byte_of_the_table_of_objects_hides_nothing(
    issued: bytes, ring: keys.KeyRing, content: CertificateContent
) -> None:
    for place in (*_table(issued)[:60], *_table(issued)[60::7]):
        flipped = bytearray(issued)
        flipped[place] ^= 0x40
        found = _inspect(bytes(flipped), ring)
        assert (found.signature, found.serial) == ("bad", content.serial), place


@pytest.mark.parametrize("name", ["self-signed", "namesakes", "look-alike"])
def test_a_strangers_broken_file_is_no_file_of_ours(
    original: Original, ring: keys.KeyRing, name: str
) -> None:
    broken = bytearray(attacks.ATTACKS[name](original))
    broken[_table(bytes(broken))[40]] ^= 0x40
    assert _inspect(bytes(broken), ring).signature in {"none", "foreign"}


def test_a_broken_file_of_a_signer_that_is_not_believed(
    original: Original, ring: keys.KeyRing
) -> None:
    broken = attacks.ATTACKS["changed table"](original)
    refused = [f"{ring.signer_certificate.serial_number:x}"]
    found = inspection.inspect(broken, [ring.root], now=LATER, refused=refused)
    assert (found.signature, found.problem) == ("foreign", apart.DISTRUSTED)


def test_a_file_of_ours_under_another_root_is_a_strangers(original: Original) -> None:
    broken = attacks.ATTACKS["changed table"](original)
    assert inspection.inspect(broken, [], now=LATER).signature == "none"


@pytest.mark.parametrize(
    ("name", "signature", "problem"),
    [
        ("trailing bytes", "bad", "changed-after-signing"),
        ("prefix bytes", "none", "not-a-pdf"),
        ("saved later: contents", "bad", "changed-after-signing"),
        ("saved later: attachment swapped", "bad", "changed-after-signing"),
        ("saved later: metadata", "bad", "changed-after-signing"),
        ("second signature", "bad", "several-signatures"),
        ("rewritten", "bad", "digest"),
        ("short range", "bad", "digest"),
        ("changed table", "bad", "unreadable"),
        ("zeroed signature", "none", "unreadable"),
        ("namesakes", "foreign", "untrusted"),
        ("self-signed", "foreign", "untrusted"),
        ("issued by a signer", "foreign", "untrusted"),
        ("never for documents", "foreign", "untrusted"),
        ("look-alike", "none", "no-signature"),
        ("not certifying", "bad", "not-certified"),
        ("changes allowed", "bad", "not-certified"),
        ("another field", "bad", "field-name"),
        ("credential twice named", "bad", "duplicate-keys"),
        ("two credentials", "bad", "several-credentials"),
        ("no credential", "bad", "no-credential"),
        ("encrypted", "none", "encrypted"),
        ("bomb", "bad", "credential-too-large"),
    ],
)
def test_what_is_found_in_a_forgery(
    original: Original, ring: keys.KeyRing, name: str, signature: str, problem: str
) -> None:
    assert _verdict(attacks.ATTACKS[name](original), ring) == (signature, problem)


@pytest.mark.parametrize(
    "name", ["saved later: contents", "rewritten", "namesakes", "look-alike", "zeroed signature"]
)
def test_a_forgery_tells_whose_copy_it_is(
    original: Original, ring: keys.KeyRing, name: str
) -> None:
    assert _inspect(attacks.ATTACKS[name](original), ring).serial == "ILKS-2026-00731"


def test_outside_the_life_of_the_signer(issued: bytes, ring: keys.KeyRing) -> None:
    late = NOW + timedelta(days=365 * 30)
    assert inspection.inspect(issued, [ring.root], now=late).signature == "foreign"


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


@pytest.mark.parametrize(
    ("share", "signature"), [(0.1, "none"), (0.5, "none"), (0.9, "none"), (0.99, "bad")]
)
def test_truncated(issued: bytes, ring: keys.KeyRing, share: float, signature: str) -> None:
    """Ours as long as the signature is still in it."""
    assert _inspect(issued[: int(len(issued) * share)], ring).signature == signature


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


def test_inspection_apart_is_stopped_by_the_processor_it_takes(
    original: Original, key_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "SECONDS", 1)
    found = apart.inspect_apart(attacks.HOSTILE["huge der"](original), [key_folder / "root.pem"])
    assert found == Inspection("none", "too-slow")


def test_inspection_apart_is_stopped_where_it_gets_no_processor(
    original: Original, key_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 1 - apart.SECONDS)
    found = apart.inspect_apart(attacks.HOSTILE["huge der"](original), [key_folder / "root.pem"])
    assert found == Inspection("none", "too-slow")


def test_inspection_apart_outlives_its_inspector(issued: bytes, key_folder: Path) -> None:
    roots = [key_folder / "root.pem"]
    assert apart.inspect_apart(issued, roots, now=LATER).signature == "ok"
    apart._inspectors[os.getpid()].process.kill()
    apart._inspectors[os.getpid()].process.wait()
    assert apart.inspect_apart(issued, roots, now=LATER).signature == "ok"


def test_many_are_inspected_at_once(issued: bytes, rendered: bytes, key_folder: Path) -> None:
    roots = [key_folder / "root.pem"]
    with ThreadPoolExecutor(6) as crowd:
        found = crowd.map(
            lambda pdf: apart.inspect_apart(pdf, roots, now=LATER), [issued, rendered] * 6
        )
        assert [one.signature for one in found] == ["ok", "none"] * 6


def test_the_inspector_is_told_no_secret(
    issued: bytes, key_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "told to nobody")
    apart._end()
    apart.inspect_apart(issued, [key_folder / "root.pem"])
    process = apart._inspectors[os.getpid()].process.pid
    assert b"told to nobody" not in Path(f"/proc/{process}/environ").read_bytes()
    apart._end()
    assert not Path(f"/proc/{process}").exists()


def test_inspection_apart_wants_its_roots(issued: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        apart.inspect_apart(issued, [tmp_path / "root.pem"])


def test_inspection_apart_does_not_take_too_much(key_folder: Path) -> None:
    data = bytes(apart.PDF_LIMIT + 1)
    found = apart.inspect_apart(data, [key_folder / "root.pem"])
    assert found == Inspection("none", "too-large")


def test_what_a_file_lacks_is_not_told_to_the_log_of_the_server(
    original: Original, key_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    apart._end()  # the next inspector writes where this test looks
    found = apart.inspect_apart(hostile.many_objects(original), [key_folder / "root.pem"])
    assert found.signature != "ok"
    assert capfd.readouterr().err == ""
    apart._end()
