"""Archives of strangers: counted while they are unpacked, for their own headers may lie."""

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import IO

from lms.kernel.errors import Invalid

MEMBERS = 2_000
UNPACKED = 200_000_000
# Office files hold XML, which packs well; beyond this it is a bomb and no document.
RATIO = 100
SMALL = 1_000_000
_STEP = 1 << 16
_ENCRYPTED, _LINK = 0x1, 0o120000
# What zipfile raises for damaged archives, and RuntimeError for locked ones and unknown packings.
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
# What runs, or is an archive again.
_REFUSED = ("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".ps1", ".zip", ".jar")


def office(folder: str) -> Callable[[bytes], bytes]:
    """A check of Office Open XML whose parts lie in ``folder``; the content is kept as it is."""

    def cleaned(data: bytes) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                _examine(archive, folder, len(data))
        except UNREADABLE:
            raise Invalid(fields={"file": "file-type-refused"}) from None
        return data

    return cleaned


def _examine(archive: zipfile.ZipFile, folder: str, size: int) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if len(members) > MEMBERS or len(names) != len(members):
        raise Invalid(fields={"file": "file-archive-refused"})
    if "[Content_Types].xml" not in names or not any(n.startswith(folder) for n in names):
        raise Invalid(fields={"file": "file-type-refused"})
    if any(_suspicious(member) for member in members):
        raise Invalid(fields={"file": "file-archive-refused"})
    left = min(UNPACKED, max(SMALL, RATIO * size))
    for member in members:
        with archive.open(member) as part:
            left -= _length(part, left)


def _suspicious(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    parts = name.replace("\\", "/").split("/")
    return (
        name.startswith(("/", "\\"))
        or ".." in parts
        or ":" in name
        or bool(member.flag_bits & _ENCRYPTED)
        or (member.external_attr >> 16) & 0o170000 == _LINK
        or name.lower().endswith(_REFUSED)
    )


def _length(part: IO[bytes], allowed: int) -> int:
    read = 0
    while chunk := part.read(_STEP):
        read += len(chunk)
        if read > allowed:
            raise Invalid(fields={"file": "file-archive-refused"})
    return read
