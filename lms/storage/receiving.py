"""A file that comes in with a form: looked at, kept under its digest, described."""

from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from lms.storage import blobs, uploads


@dataclass(frozen=True)
class Received:
    """A received file: already stored under its digest."""

    digest: str
    file_name: str
    media_type: str
    size: int


def receive(file: FileStorage, *, limit: int) -> Received:
    """Keep what was sent; raises Invalid when it is empty, too large or refused.

    Outside the transaction that will name it: writing a file must not hold the one writer of
    SQLite. The transaction lets it be scanned (``scanning.quarantine``).
    """
    taken = uploads.accept(file.filename or "", file.read(limit + 1), limit=limit)
    return Received(blobs().put(taken.data), taken.name, taken.media_type, len(taken.data))
