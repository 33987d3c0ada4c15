"""Files that mean harm, or only pretend: what they are, and what is said of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from PIL import Image

PARTS = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def archive(*more: tuple[str | zipfile.ZipInfo, bytes], parts: dict[str, bytes] = PARTS) -> bytes:
    """An Office file with more members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in (*parts.items(), *more):
            out.writestr(name, data)
    return made.getvalue()


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("word/link")
    info.external_attr = 0o120777 << 16
    return info


def _lying(size: int) -> bytes:
    """A member whose header says less than it unpacks to."""
    data = archive(("word/media/a.bin", bytes(size)))
    # Both headers: local (offset 22) and central (offset 24) hold the unpacked size.
    return data.replace(struct.pack("<L", size), struct.pack("<L", 10))


def _encrypted() -> bytes:
    data = bytearray(archive())
    data[6] |= 1
    start = data.index(b"PK\x01\x02")
    data[start + 8] |= 1
    return bytes(data)


def _packed_strangely() -> bytes:
    """Method 99 in both headers: no packing that we can undo."""
    data = bytearray(archive())
    start = data.index(b"PK\x01\x02")
    for place in (8, start + 10):
        data[place : place + 2] = struct.pack("<H", 99)
    return bytes(data)


def _nested(depth: int) -> bytes:
    data = b"innermost"
    for level in range(depth):
        data = archive((f"word/{level}.zip", data))
    return data


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    """A small honest picture."""
    made = io.BytesIO()
    Image.new("RGB", size, "green").save(made, kind)
    return made.getvalue()


def flood(width: int, height: int) -> bytes:
    """A PNG that says how large it is and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack("!L", len(data)) + body + struct.pack("!L", zlib.crc32(body))

    header = struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    return b"".join((
        b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b"")
    ))  # fmt: skip


def _half() -> bytes:
    data = picture(size=(500, 500))
    return data[: len(data) // 2]


def _members(count: int) -> bytes:
    return archive(*((f"word/{number}.xml", b"") for number in range(count)))


REFUSED = "file-type-refused"
ARCHIVE = "file-archive-refused"
DAMAGED = "file-picture-damaged"
FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.pdf", lambda: b"", "file-empty"),
    "empty document": ("a.docx", lambda: b"", "file-empty"),
    "no extension": ("a", lambda: b"%PDF-1.7", REFUSED),
    "program": ("a.exe", lambda: b"MZ\x90\x00", REFUSED),
    "program named as PDF": ("a.pdf", lambda: b"MZ\x90\x00", REFUSED),
    "page": ("a.html", lambda: b"<script>alert(1)</script>", REFUSED),
    "page named as PDF": ("a.pdf", lambda: b"<html>", REFUSED),
    "drawing with script": ("a.svg", lambda: b"<svg onload='alert(1)'/>", REFUSED),
    "drawing named as picture": ("a.png", lambda: b"<svg onload='alert(1)'/>", REFUSED),
    "two extensions": ("a.pdf.exe", lambda: b"%PDF-1.7", REFUSED),
    "extension behind NUL": ("a.exe\x00.pdf", lambda: b"MZ", REFUSED),
    "extension turned around": ("a\u202efdp.exe", lambda: b"MZ", REFUSED),
    "archive": ("a.zip", archive, REFUSED),
    "archive of another kind": ("a.rar", lambda: b"Rar!\x1a\x07", REFUSED),
    "archive named as document": ("a.docx", lambda: archive(parts={"a.txt": b"x"}), REFUSED),
    "document of another kind": ("a.xlsx", archive, REFUSED),
    "macros": ("a.docx", lambda: archive(("word/vbaProject.bin", b"x")), ARCHIVE),
    "document with macros": ("a.docm", archive, REFUSED),
    "program inside": ("a.docx", lambda: archive(("word/run.exe", b"MZ")), ARCHIVE),
    "script inside": ("a.docx", lambda: archive(("word/run.js", b"x")), ARCHIVE),
    "archive inside": ("a.docx", lambda: _nested(1), ARCHIVE),
    "archives inside archives": ("a.docx", lambda: _nested(6), ARCHIVE),
    "way out": ("a.docx", lambda: archive(("../../etc/cron.d/x", b"x")), ARCHIVE),
    "way out of Windows": ("a.docx", lambda: archive(("..\\..\\x", b"x")), ARCHIVE),
    "from the root": ("a.docx", lambda: archive(("/etc/passwd", b"x")), ARCHIVE),
    "drive": ("a.docx", lambda: archive(("C:/x", b"x")), ARCHIVE),
    "link": ("a.docx", lambda: archive((_link(), b"/etc/passwd")), ARCHIVE),
    "encrypted": ("a.docx", _encrypted, ARCHIVE),
    "unknown packing": ("a.docx", _packed_strangely, REFUSED),
    "too many members": ("a.docx", lambda: _members(2_001), ARCHIVE),
    "bomb": ("a.docx", lambda: archive(("word/a.bin", bytes(30_000_000))), ARCHIVE),
    "large bomb": ("a.docx", lambda: archive(("word/a.bin", bytes(250_000_000))), ARCHIVE),
    "many small bombs": (
        "a.docx",
        lambda: archive(*((f"word/{n}.bin", bytes(1_000_000)) for n in range(60))),
        ARCHIVE,
    ),
    "lying header": ("a.docx", lambda: _lying(30_000_000), REFUSED),
    "half an archive": ("a.docx", lambda: archive()[:-30], REFUSED),
    "archive with a page before": ("a.docx", lambda: b"<html>" + archive(), REFUSED),
    "nothing behind the first bytes": ("a.docx", lambda: b"PK\x03\x04", REFUSED),
    "pixel flood": ("a.png", lambda: flood(30_000, 30_000), "file-picture-too-large"),
    "flood of one line": ("a.png", lambda: flood(2_000_000_000, 1), "file-picture-too-large"),
    "half a picture": ("a.png", _half, DAMAGED),
    "half a photograph": ("a.jpg", lambda: picture("JPEG", (600, 600))[:-50], DAMAGED),
    "half a web picture": ("a.webp", lambda: picture("WEBP", (600, 600))[:-5], DAMAGED),
    "picture of another kind": ("a.png", lambda: picture("GIF"), REFUSED),
    "picture that is none": ("a.jpg", lambda: b"\xff\xd8\xff" + bytes(100), REFUSED),
    "sound named as picture": ("a.webp", lambda: b"RIFF\x00\x00\x00\x00WAVEfmt ", REFUSED),
    "text with NUL": ("a.txt", lambda: b"a\x00b", REFUSED),
    "text that is none": ("a.csv", lambda: b"\xff\xfe\x00\xd8", REFUSED),
    "too large": ("a.pdf", lambda: b"%PDF-" + bytes(26_000_000), "file-too-large"),
}


def files() -> Iterator[tuple[str, str, bytes, str]]:
    """Each with its name, content and the code of the refusal."""
    for title, (name, made, code) in FILES.items():
        yield title, name, made(), code
