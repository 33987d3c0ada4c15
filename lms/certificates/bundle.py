"""The trust bundle: what somebody needs who checks certificates without us, with its date."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from lms.certificates import keys, proof, status_list
from lms.certificates.keys import KeyRing
from lms.transparency import notes

_LARGEST = 4 * 1024 * 1024
_DID, _ROOT, _STATUS = "did.json", "root.pem", "status.json"
_LOG_KEY, _CHECKPOINT, _ABOUT = "log-key.txt", "checkpoint.txt", "about.json"


class BadBundle(ValueError):
    """The file is no trust bundle."""


@dataclass(frozen=True)
class Bundle:
    """The issuer's keys, the root, the signed list of what was withdrawn, and the public log."""

    made: str
    did: dict[str, Any]
    root: x509.Certificate
    status: dict[str, Any]
    log: notes.Verifier
    checkpoint: str

    def key(self, method: str) -> str | None:
        """The published key of a name, as long as the issuer stands by it."""
        if method not in self.did.get("assertionMethod", []):
            return None
        methods = self.did.get("verificationMethod", [])
        return next((one["publicKeyMultibase"] for one in methods if one["id"] == method), None)


@dataclass(frozen=True)
class LogNow:
    """The public log as it stands: its key and its newest checkpoint."""

    key: str
    checkpoint: str


def make(
    ring: KeyRing, log: LogNow, *, status_url: str, revoked: list[int], now: datetime
) -> bytes:
    """The bundle as a zip file."""
    status = status_list.status_credential(ring, url=status_url, revoked=revoked, now=now)
    files = {
        _ABOUT: json.dumps({"made": proof.instant(now), "issuer": ring.did}).encode(),
        _DID: json.dumps(keys.did_document(ring)).encode(),
        _ROOT: ring.root.public_bytes(Encoding.PEM),
        _STATUS: proof.canonical_bytes(status),
        _LOG_KEY: log.key.encode(),
        _CHECKPOINT: log.checkpoint.encode(),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(zipfile.ZipInfo(name, (now.year, now.month, now.day, 0, 0, 0)), data)
    return target.getvalue()


def read(data: bytes) -> Bundle:
    """Read a bundle; raises BadBundle."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _read(packed)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, NotImplementedError) as error:
        raise BadBundle("this is no trust bundle") from error


def _read(packed: zipfile.ZipFile) -> Bundle:
    if sum(one.file_size for one in packed.infolist()) > _LARGEST:
        raise BadBundle("the bundle is too large")
    return Bundle(
        made=str(json.loads(packed.read(_ABOUT))["made"]),
        did=json.loads(packed.read(_DID)),
        root=x509.load_pem_x509_certificate(packed.read(_ROOT)),
        status=json.loads(packed.read(_STATUS)),
        log=notes.Verifier.read(packed.read(_LOG_KEY).decode()),
        checkpoint=packed.read(_CHECKPOINT).decode(),
    )
