"""Which files may come in: by extension and by what their first bytes say."""

from dataclasses import dataclass

from lms.kernel.errors import Invalid


@dataclass(frozen=True)
class Kind:
    """An accepted type: its media type and the bytes such files begin with (none for text)."""

    media_type: str
    magic: tuple[bytes, ...]


ACCEPTED: dict[str, Kind] = {
    "pdf": Kind("application/pdf", (b"%PDF-",)),
    "png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "docx": Kind(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (b"PK\x03\x04",),
    ),
    "txt": Kind("text/plain", ()),
}
ACCEPTED_LIST = ", ".join(sorted(ACCEPTED))


def accept(file_name: str, data: bytes, *, limit: int) -> tuple[str, str]:
    """The cleaned file name and media type; raises Invalid when empty, too large or refused."""
    name = _clean(file_name)
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    kind = ACCEPTED.get(extension)
    if not data:
        raise Invalid(fields={"file": "file-empty"})
    if len(data) > limit:
        raise Invalid(fields={"file": "file-too-large"})
    if kind is None or not _looks_like(kind, data):
        raise Invalid(fields={"file": "file-type-refused"})
    return name, kind.media_type


def _looks_like(kind: Kind, data: bytes) -> bool:
    if kind.magic:
        return data.startswith(kind.magic)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text


def _clean(file_name: str) -> str:
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c for c in base if c.isprintable())
    return printable.strip(" .")[-150:] or "file"
