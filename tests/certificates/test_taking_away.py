"""What a holder takes away: everything in one file, and a badge to show."""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from html.parser import HTMLParser

import pytest
from openbadgeslib import baking
from PIL import Image

from lms.certificates import archive, badge, keyring, proof
from lms.certificates.keys import multibase
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.people import service as people
from lms.storage import BlobMissing, blobs
from lms.web import running
from tests.certificates.awards import attended_place, bring, issue, sample_certificate
from tests.conftest import SignIn
from tests.make import make_organisation, make_user

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("app")]


class _Seen(HTMLParser):
    """Language, headings in order, addresses of links, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language, self.headings, self.links, self.text = "", [""], [""], ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.language = given.get("lang") or self.language
        if tag in {"h1", "h2"}:
            self.headings.append(tag)
        if tag == "a":
            self.links.append(given["href"] or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def taken(sign_in: SignIn, who: str = "aisyah") -> zipfile.ZipFile:
    """The archive that somebody downloads."""
    answer = sign_in(who).get("/certificates/archive")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer.headers["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_the_archive_holds_list_pdfs_and_credentials(
    filed: Certificate, sample_pdf: bytes, sign_in: SignIn
) -> None:
    serial, code, digest = filed.serial, filed.code, filed.credential_digest
    with taken(sign_in) as found:
        assert found.testzip() is None
        assert set(found.namelist()) == {archive.COVER, f"{serial}.pdf", f"{serial}.json"}
        assert found.read(f"{serial}.pdf") == sample_pdf
        assert hashlib.sha256(found.read(f"{serial}.json")).hexdigest() == digest
        cover = _Seen(found.read(archive.COVER).decode())
    assert cover.language == "ms"  # the holder's, whatever the browser speaks
    assert cover.headings == ["", "h1", "h2"]
    checked_at = f"{running.settings().base_url}/V/{code}"
    assert cover.links == ["", checked_at, f"{serial}.pdf", f"{serial}.json"]
    for fact in (serial, digest, hashlib.sha256(sample_pdf).hexdigest(), checked_at):
        assert fact in cover.text


def test_the_list_says_the_state_and_which_pdf_is_not_there(sign_in: SignIn) -> None:
    with transaction():
        bring(sample_certificate(), "revoked")
        sample_certificate().user.locale = "en"
    with taken(sign_in) as found:
        cover = _Seen(found.read(archive.COVER).decode())
        assert not [name for name in found.namelist() if name.endswith(".pdf")]
    assert "Revoked" in cover.text
    assert "It was not there yet." in cover.text


def test_a_pdf_gone_from_the_store_keeps_nobody_from_the_rest(
    filed: Certificate, sign_in: SignIn
) -> None:
    assert filed.pdf_digest is not None
    file = blobs().path(filed.pdf_digest)
    data = file.read_bytes()
    file.unlink()
    try:
        with taken(sign_in) as found:
            assert f"{filed.serial}.json" in found.namelist()
            assert f"{filed.serial}.pdf" not in found.namelist()
    finally:
        file.write_bytes(data)


def test_a_damaged_pdf_breaks_the_download_off(filed: Certificate) -> None:
    assert filed.pdf_digest is not None
    file = blobs().path(filed.pdf_digest)
    data = file.read_bytes()
    packing = archive.Packing(b"cover", clock.now(), blobs())
    for one in archive.contents([filed], blobs()):
        packing.add(one)
    file.write_bytes(data[:-1])
    try:
        with pytest.raises(BlobMissing):
            list(packing.pieces())
    finally:
        file.write_bytes(data)


def test_one_pdf_at_a_time_is_in_memory(filed: Certificate) -> None:
    packing = archive.Packing(b"cover", clock.now(), blobs())
    for one in archive.contents([filed] * 5, blobs()):
        packing.add(one)
    with pytest.warns(UserWarning, match="Duplicate name"):
        pieces = list(packing.pieces())
    assert max(len(piece) for piece in pieces) < len(blobs().get(filed.pdf_digest or "")) + 1000
    assert len(pieces) == 1 + 5 + 5 + 1


def test_the_archive_is_ones_own(filed: Certificate, sign_in: SignIn) -> None:
    assert sign_in("amirul").get("/certificates/archive").status_code == 404
    assert sign_in("registrar").get("/certificates/archive").status_code == 404
    with transaction():
        place = attended_place()
        place.user.locale = "en"
        theirs = issue(place)
        email = place.user.email
    with taken(sign_in, email) as found:
        assert set(found.namelist()) == {archive.COVER, f"{theirs.serial}.json"}
        assert filed.user.name not in found.read(archive.COVER).decode()


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG, their sums checked; a reader that shares nothing with the writer."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (total,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert zlib.crc32(name + body) == total
        found.append((name, body))
        at += 12 + length
    return found


def test_a_badge_carries_the_credential_and_names_nobody(sign_in: SignIn) -> None:
    certificate = sample_certificate()
    answer = sign_in("aisyah").get(f"/certificates/{certificate.public_id}/badge")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert f"{certificate.serial}.png" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    png = answer.data
    texts = [body for name, body in chunks(png) if name in {b"iTXt", b"tEXt", b"zTXt"}]
    # Keyword, not packed, no language, no translated keyword, the text.
    head = b"openbadgecredential\0\0\0\0\0"
    assert [text.startswith(head) for text in texts] == [True]
    carried = json.loads(texts[0].removeprefix(head))
    assert carried == certificate.credential
    assert proof.verify(
        carried, multibase(keyring.ring(running.settings()).credential_key.public_key())
    )
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == (512, 512)
        assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
    assert certificate.user.name.encode() not in png


def test_a_library_of_others_reads_the_badge() -> None:
    certificate = sample_certificate()
    png = badge.bake(certificate)
    assert baking.has_png(png, keyword=baking.ITXT_KEYWORD_OB3)
    carried = baking.extract_png(png, keyword=baking.ITXT_KEYWORD_OB3)
    assert carried is not None
    assert hashlib.sha256(carried.encode()).hexdigest() == certificate.credential_digest
    assert badge.bake(certificate) == png


@pytest.mark.parametrize(
    "title", ["Kursus", "Penilaian " * 40, "X" * 200, "社会工作", "மதிப்பீடு", " ", "Écoute – 2"]
)
def test_any_title_makes_a_badge(title: str) -> None:
    certificate = sample_certificate()
    plain = badge.bake(certificate)
    changed = Certificate(
        content={**certificate.content, "award_title": {"en": title}},
        credential=certificate.credential,
    )
    assert badge.bake(changed) != plain


def test_who_may_not_read_a_certificate_gets_no_badge(sign_in: SignIn) -> None:
    address = f"/certificates/{sample_certificate().public_id}/badge"
    assert sign_in("registrar").get(address).status_code == 200
    assert sign_in("amirul").get(address).status_code == 404
    with transaction():
        elsewhere = make_user("Registrar elsewhere")
        people.grant_role(elsewhere, Role.REGISTRAR, make_organisation(), by=None)
        email = elsewhere.email
    assert sign_in(email).get(address).status_code == 404
