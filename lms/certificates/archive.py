"""All certificates of a person in one file: a list of them, their PDFs and credentials."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lms.certificates import proof
from lms.certificates.models import Certificate
from lms.storage import BlobStore

COVER = "index.html"


@dataclass(frozen=True)
class Kept:
    """A certificate in the archive: its files by name, with the SHA-256 of each.

    ``pdf`` is empty while the PDF is being made, or when it is not to be found.
    """

    certificate: Certificate
    pdf: str
    credential: str


def contents(certificates: list[Certificate], store: BlobStore) -> list[Kept]:
    """What goes into the archive, in the order of the list."""
    return [
        Kept(one, f"{one.serial}.pdf" if _is_filed(one, store) else "", f"{one.serial}.json")
        for one in certificates
    ]


def _is_filed(certificate: Certificate, store: BlobStore) -> bool:
    digest = certificate.pdf_digest
    return digest is not None and store.path(digest).is_file()


@dataclass
class Packing:
    """The archive in pieces: one PDF at a time is in memory, and no database is asked."""

    cover: bytes
    now: datetime
    store: BlobStore
    _texts: list[tuple[str, datetime, bytes]] = field(default_factory=list)
    _pdfs: list[tuple[str, datetime, str]] = field(default_factory=list)

    def add(self, kept: Kept) -> None:
        """Take a certificate's files in."""
        one = kept.certificate
        body = proof.canonical_bytes(one.credential)
        self._texts.append((kept.credential, one.issued_at, body))
        if kept.pdf and one.pdf_digest is not None:
            self._pdfs.append((kept.pdf, one.issued_at, one.pdf_digest))

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the archive; raises BlobMissing at a file that is damaged."""
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, at, body in self._members():
                archive.writestr(_member(name, at), body)
                yield sink.taken()
        yield sink.taken()

    def _members(self) -> Iterator[tuple[str, datetime, bytes]]:
        yield COVER, self.now, self.cover
        yield from self._texts
        for name, at, digest in self._pdfs:
            yield name, at, self.store.get(digest)


class _Sink(io.RawIOBase):
    """What the archive writes to; it cannot be gone back in, so nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401  # any buffer
        self._written += data
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece = bytes(self._written)
        self._written.clear()
        return piece


def _member(name: str, at: datetime) -> zipfile.ZipInfo:
    moment = at.astimezone(UTC)
    member = zipfile.ZipInfo(name, moment.timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member
