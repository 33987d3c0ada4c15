"""Files by what they are: stored under their SHA-256, never rewritten."""

import hashlib
import os
import secrets
from pathlib import Path

from flask import Flask

from lms.web import running


class BlobMissing(Exception):
    """No file with that digest is stored."""


class BlobStore:
    """A local folder of files named by digest; two levels, so that no folder grows too long."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256 (hex); the same bytes are stored once.

        Written to a temporary file, flushed, renamed, folder flushed: before the row that names
        the digest commits, the file is there for good.
        """
        digest = hashlib.sha256(data).hexdigest()
        target = self.path(digest)
        if target.is_file():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_name(f".{digest}.{secrets.token_hex(4)}")
        with scratch.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        scratch.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return digest

    def path(self, digest: str) -> Path:
        """Where a digest's file lies; refuses anything that is no digest."""
        if len(digest) != 64 or any(c not in "0123456789abcdef" for c in digest):
            raise BlobMissing(digest)
        return self.root / digest[:2] / digest[2:4] / digest

    def get(self, digest: str) -> bytes:
        """The bytes of a digest; raises BlobMissing when absent or damaged."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(digest) from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise BlobMissing(digest)
        return data


def blobs() -> BlobStore:
    """The store of the running application."""
    return BlobStore(running.settings().blobs)


def init_app(app: Flask) -> None:
    """Register the job that asks the virus scanner."""
    from lms.storage import jobs

    del app, jobs  # imported for its registration
