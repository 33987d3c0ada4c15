"""What may come in, what is kept of it, and what waits for the scanner."""

import io
import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from PIL import Image

from lms.db import db, transaction
from lms.jobs.running import drain
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.storage import blobs, jobs, scanning, uploads
from lms.storage.models import FileScan
from tests.storage import hostile

LIMIT = 25_000_000
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.mark.parametrize("title", hostile.FILES)
def test_what_means_harm_is_refused_with_a_reason(title: str) -> None:
    name, made, code = hostile.FILES[title]
    with pytest.raises(Invalid) as refused:
        uploads.accept(name, made(), limit=LIMIT)
    assert refused.value.fields == {"file": code}


HONEST = {
    "a.pdf": b"%PDF-1.7\n",
    "a.docx": hostile.archive(),
    "A.DOCX": hostile.archive(("word/media/image1.png", hostile.picture())),
    "a.txt": "Catatan kes: ந. ۱".encode(),
    "a.csv": b"\xef\xbb\xbfa;b\n",
    "a.png": hostile.picture(),
    "a.jpeg": hostile.picture("JPEG"),
    "a.webp": hostile.picture("WEBP"),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_files_come_in(name: str) -> None:
    kept = uploads.accept(f"C:\\Users\\me\\{name}", HONEST[name], limit=LIMIT)
    assert kept.name == name
    assert kept.data


def test_pictures_lose_where_and_when_and_stand_upright() -> None:
    photo = Image.new("RGB", (40, 20), "red")
    exif = photo.getexif()
    exif[0x0112] = 6  # turned by ninety degrees
    exif[0x010E] = "Rumah keluarga Ismail"
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    photo.save(made, "JPEG", exif=exif, comment=b"private")
    kept = uploads.accept("a.jpg", made.getvalue(), limit=LIMIT).data
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.size == (20, 40)
        assert not shown.getexif()
    assert b"Ismail" not in kept
    assert b"private" not in kept


def test_a_picture_keeps_its_transparency() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(made, "PNG")
    kept = uploads.accept("a.png", made.getvalue(), limit=LIMIT).data
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.getpixel((0, 0)) == (0, 0, 0, 0)


class _Scanner(socketserver.BaseRequestHandler):
    """As much of clamd as INSTREAM needs."""

    def handle(self) -> None:
        line = self.request.makefile("rwb", buffering=0)
        assert line.read(10) == b"zINSTREAM\x00"
        data = b""
        while size := struct.unpack("!L", _exactly(line, 4))[0]:
            data += _exactly(line, size)
        found = b"stream: Eicar-Test FOUND" if EICAR in data else b"stream: OK"
        line.write(found + b"\x00")


def _exactly(line: io.RawIOBase, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += line.read(size - len(data)) or b""
    return data


@pytest.fixture
def scanner(app: Flask) -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Scanner) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        before = app.config["LMS"]
        address = f"127.0.0.1:{server.server_address[1]}"
        app.config["LMS"] = replace(before, clamd=address)
        yield address
        app.config["LMS"] = before
        server.shutdown()


def kept(data: bytes) -> str:
    digest = blobs().put(data)
    with transaction():
        scanning.quarantine(digest)
    return digest


@pytest.mark.usefixtures("app")
def test_without_a_scanner_nothing_waits() -> None:
    assert scanning.release(kept(b"one")) == b"one"


@pytest.mark.usefixtures("scanner")
def test_a_file_waits_for_the_scanner() -> None:
    digest = kept(b"x" * 200_000)
    with pytest.raises(Conflict, match="file-in-quarantine"):
        scanning.release(digest)
    kept(b"x" * 200_000)  # the same file again waits once
    jobs.scan(digest)
    assert scanning.release(digest) == b"x" * 200_000


@pytest.mark.usefixtures("scanner")
def test_an_infected_file_is_never_handed_out() -> None:
    digest = kept(b"before " + EICAR + b" after")
    jobs.scan(digest)
    with pytest.raises(Conflict, match="file-infected"):
        scanning.release(digest)
    row = db.session.query(FileScan).filter_by(digest=digest).one()
    assert row.found == "Eicar-Test"


def test_a_scanner_that_is_away_says_nothing(app: Flask) -> None:
    before = app.config["LMS"]
    app.config["LMS"] = replace(before, clamd="127.0.0.1:9")
    try:
        digest = kept(b"three")
        drain(limit=1)
        with pytest.raises(Conflict, match="file-in-quarantine"):
            scanning.release(digest)
        with pytest.raises(scanning.ScannerSilent):
            scanning.ask("127.0.0.1:9", b"x")
    finally:
        app.config["LMS"] = before
    with transaction():
        scanning.note(digest, None, now=clock.now())
    assert scanning.release(digest) == b"three"
