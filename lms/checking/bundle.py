"""The trust bundle: what somebody needs who checks certificates without us, with its date."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from lms.certificates import keys, proof
from lms.certificates.keys import KeyRing
from lms.storage import archives
from lms.transparency import notes

_LARGEST = 4 * 1024 * 1024
_DID, _ROOT, _DISTRUSTED = "did.json", "root.pem", "distrusted.json"
_LOG_KEY, _CHECKPOINT, _ABOUT = "log-key.txt", "checkpoint.txt", "about.json"


class BadBundle(ValueError):
    """The file is no trust bundle."""


@dataclass(frozen=True)
class Distrusted:
    """What was the issuer's and is refused: keys for credentials by name, signers by serial number.

    They are named, so that whoever holds an honest file of before is told what to do.
    """

    keys: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()

    def plain(self) -> dict[str, list[str]]:
        """As JSON values."""
        return {"keys": list(self.keys), "signers": list(self.signers)}


@dataclass(frozen=True)
class Bundle:
    """The issuer's keys, the root, the signed lists of what was withdrawn, and the log's key."""

    did: dict[str, Any]
    root: x509.Certificate
    lists: tuple[dict[str, Any], ...]
    log: notes.Verifier
    distrusted: Distrusted = Distrusted()

    @property
    def as_of(self) -> str:
        """When the lists were made, all together."""
        return str(self.lists[0].get("validFrom", ""))

    def listed(self, address: str) -> dict[str, Any] | None:
        """The list that a credential names."""
        return next((each for each in self.lists if each.get("id") == address), None)

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
    ring: KeyRing,
    log: LogNow,
    lists: Sequence[dict[str, Any]],
    distrusted: Distrusted,
    *,
    now: datetime,
) -> bytes:
    """The bundle as a zip file; ``lists`` are the signed lists of what was withdrawn.

    When it was made and the checkpoint are in it for people and witnesses; a check needs neither.
    """
    files = {
        _ABOUT: json.dumps({"made": proof.instant(now), "issuer": ring.did}).encode(),
        _DID: json.dumps(keys.did_document(ring)).encode(),
        _ROOT: ring.root.public_bytes(Encoding.PEM),
        **{_named(place): proof.canonical_bytes(each) for place, each in enumerate(lists, 1)},
        _DISTRUSTED: json.dumps(distrusted.plain()).encode(),
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
    except (*archives.UNREADABLE, KeyError, TypeError) as error:
        raise BadBundle("this is no trust bundle") from error


def _named(place: int) -> str:
    # The first one has the name that it had when there was only one.
    return "status.json" if place == 1 else f"status-{place}.json"


def _lists(packed: zipfile.ZipFile) -> tuple[dict[str, Any], ...]:
    there, found = set(packed.namelist()), [_object(packed.read(_named(1)))]
    while _named(len(found) + 1) in there:
        found.append(_object(packed.read(_named(len(found) + 1))))
    return tuple(found)


def _distrusted(packed: zipfile.ZipFile) -> Distrusted:
    if _DISTRUSTED not in packed.namelist():
        return Distrusted()  # a bundle from before there was such a list
    found = _object(packed.read(_DISTRUSTED))
    keys, signers = (tuple(str(each) for each in found[name]) for name in ("keys", "signers"))
    return Distrusted(keys, signers)


def _read(packed: zipfile.ZipFile) -> Bundle:
    if sum(one.file_size for one in packed.infolist()) > _LARGEST:
        raise BadBundle("the bundle is too large")
    return Bundle(
        did=_object(packed.read(_DID)),
        root=x509.load_pem_x509_certificate(packed.read(_ROOT)),
        lists=_lists(packed),
        log=notes.Verifier.read(packed.read(_LOG_KEY).decode()),
        distrusted=_distrusted(packed),
    )


def _object(data: bytes) -> dict[str, Any]:
    found = json.loads(data)
    if not isinstance(found, dict):
        raise BadBundle("a part of it is no JSON object")
    return found
