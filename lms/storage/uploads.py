"""Which files may come in: by extension, by first bytes, and by opening what can be opened safely.

PDFs are not parsed here: a hostile one must not meet a parser in the process that serves pages.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lms.kernel.errors import Invalid
from lms.storage import archives, pictures

Cleaned = Callable[[bytes], bytes]
"""Opens the content and returns what is kept of it; raises Invalid for what cannot be taken."""


def _as_it_is(data: bytes) -> bytes:
    return data


def _text(data: bytes) -> bytes:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(fields={"file": "file-type-refused"}) from None
    if "\x00" in text:
        raise Invalid(fields={"file": "file-type-refused"})
    return data


@dataclass(frozen=True)
class Kind:
    """An accepted type: its media type, the bytes such files begin with, and how it is opened."""

    media_type: str
    magic: bytes
    cleaned: Cleaned


_OFFICE = "application/vnd.openxmlformats-officedocument."
ACCEPTED: dict[str, Kind] = {
    "pdf": Kind("application/pdf", b"%PDF-", _as_it_is),
    "png": Kind("image/png", b"\x89PNG\r\n\x1a\n", pictures.cleaned("PNG")),
    "jpg": Kind("image/jpeg", b"\xff\xd8\xff", pictures.cleaned("JPEG")),
    "jpeg": Kind("image/jpeg", b"\xff\xd8\xff", pictures.cleaned("JPEG")),
    "webp": Kind("image/webp", b"RIFF", pictures.cleaned("WEBP")),
    "docx": Kind(_OFFICE + "wordprocessingml.document", b"PK\x03\x04", archives.office("word/")),
    "xlsx": Kind(_OFFICE + "spreadsheetml.sheet", b"PK\x03\x04", archives.office("xl/")),
    "pptx": Kind(_OFFICE + "presentationml.presentation", b"PK\x03\x04", archives.office("ppt/")),
    "txt": Kind("text/plain", b"", _text),
    "csv": Kind("text/csv", b"", _text),
}
ACCEPTED_LIST = ", ".join(sorted(set(ACCEPTED) - {"jpeg"}))


@dataclass(frozen=True)
class Accepted:
    """What is kept of an upload."""

    name: str
    media_type: str
    data: bytes


def accept(file_name: str, data: bytes, *, limit: int) -> Accepted:
    """The cleaned name, media type and content; raises Invalid when empty, too large or refused."""
    name = _clean(file_name)
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    kind = ACCEPTED.get(extension)
    if not data:
        raise Invalid(fields={"file": "file-empty"})
    if len(data) > limit:
        raise Invalid(fields={"file": "file-too-large"})
    if kind is None or not data.startswith(kind.magic):
        raise Invalid(fields={"file": "file-type-refused"})
    return Accepted(name, kind.media_type, kind.cleaned(data))


def _clean(file_name: str) -> str:
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c for c in base if c.isprintable())
    return printable.strip(" .")[-150:] or "file"
