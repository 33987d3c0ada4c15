"""Changing the institute's keys: a new one is used from now on, what the old one signed stays good.

Files are added and the key ring is replaced in one step, so that a killed process leaves either the
old keys or the new ones at work. A private key that is used no more is destroyed; its public half
stays published for as long as there are credentials that it signed; that of a stolen one does not.
"""

import base64
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from lms.certificates import keys
from lms.certificates.document_keys import IN_TOKEN, Access, KeyAway, check_fits
from lms.certificates.keys import KeyRing


class NotOurs(ValueError):
    """The key and the certificate of a signer do not fit each other, or our authority."""


@dataclass(frozen=True)
class Theft:
    """When a key was stolen, and when that was noticed: from then on it signs no more."""

    since: datetime
    noticed: datetime


def rotate_credential(
    folder: Path,
    *,
    host: str,
    passphrase: bytes | None,
    now: datetime,
    access: Access | None = None,
) -> str:
    """Make a new key for credentials and use it from now on; returns its name.

    Raises KeysMissing, KeysUnreadable.
    """
    ring = keys.load(folder, host=host, passphrase=passphrase, access=access)
    about = _about(folder)
    old = _renew(folder, about, passphrase, now)
    retired = {
        "id": old["id"],
        "publicKeyMultibase": keys.multibase(ring.credential_key.public_key()),
        "since": old.get("since", about.get("created", "")),
        "until": _moment(now),
    }
    about["retired"] = [*about.get("retired", []), retired]
    _replace(folder, about)
    (folder / old["file"]).unlink(missing_ok=True)
    return str(about["credential"]["id"])


def credential_stolen(
    folder: Path,
    theft: Theft,
    *,
    host: str,
    passphrase: bytes | None,
    access: Access | None = None,
) -> str:
    """As ``rotate_credential``, but the old key is published no more: its work is refused."""
    ring = keys.load(folder, host=host, passphrase=passphrase, access=access)
    about = _about(folder)
    old = _renew(folder, about, passphrase, theft.noticed)
    public = keys.multibase(ring.credential_key.public_key())
    since = old.get("since", about.get("created", ""))
    _note(
        about,
        keys.StolenKey(keys.CREDENTIAL, old["id"], public, theft.since.astimezone(UTC).isoformat()),
        since,
        theft,
    )
    _replace(folder, about)
    (folder / old["file"]).unlink(missing_ok=True)
    return str(about["credential"]["id"])


def retired_stolen(folder: Path, name: str, theft: Theft) -> None:
    """Publish a retired key no more. Raises NotOurs when no retired key has this name."""
    about = _about(folder)
    old = next((one for one in about.get("retired", []) if one["id"] == name), None)
    if old is None:
        raise NotOurs(f"no retired key is called {name}")
    about["retired"] = [one for one in about["retired"] if one is not old]
    public = old["publicKeyMultibase"]
    note = keys.StolenKey(keys.CREDENTIAL, name, public, theft.since.astimezone(UTC).isoformat())
    _note(about, note, old["since"], theft)
    _replace(folder, about)


def _renew(
    folder: Path, about: dict[str, Any], passphrase: bytes | None, now: datetime
) -> dict[str, str]:
    """Make the next key for credentials and name it in ``about``; gives the one before."""
    old = keys.credential_of(about)
    number = int(old["id"].removeprefix("key-")) + 1
    new = {
        "id": f"key-{number}",
        "file": f"credential-{number}.key.pem",
        "since": _moment(now),
    }
    _write(folder / new["file"], _pem(Ed25519PrivateKey.generate(), passphrase))
    about["credential"] = new
    return old


def _note(about: dict[str, Any], stolen: keys.StolenKey, since: str, theft: Theft) -> None:
    """What the ring keeps of a stolen key: which it was, and from when to when it was in use."""
    noted = {
        "kind": stolen.kind,
        "id": stolen.id,
        "public": stolen.public,
        "since": since,
        "until": _moment(theft.noticed),
        "stolen": stolen.since,
    }
    about["stolen"] = [*about.get("stolen", []), noted]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def install_signer(
    folder: Path,
    key: Path | str,
    certificate_file: Path,
    *,
    host: str,
    passphrase: bytes | None,
    access: Access | None = None,
) -> KeyRing:
    """Use another key and certificate for documents, which our authority has made out.

    ``key`` is a file, or ``pkcs11:`` and the label of a key in the token. Raises NotOurs; then
    nothing is changed. What the old one signed stays good: readers trust the root.
    """
    opening = {"host": host, "passphrase": passphrase, "access": access}
    return _install(folder, (key, certificate_file), opening, None)


def signer_stolen(
    folder: Path,
    signer: tuple[Path | str, Path],
    theft: Theft,
    *,
    host: str,
    passphrase: bytes | None,
    access: Access | None = None,
) -> KeyRing:
    """As ``install_signer`` with key and certificate, but what the old one signed is refused."""
    opening = {"host": host, "passphrase": passphrase, "access": access}
    return _install(folder, signer, opening, theft)


def _install(
    folder: Path,
    signer: tuple[Path | str, Path],
    opening: dict[str, Any],
    theft: Theft | None,
) -> KeyRing:
    about, (key, certificate_file) = _about(folder), signer
    old = keys.signer_of(about)
    number = int(old.get("number", "1")) + 1
    new = {
        "number": str(number),
        "key": key if isinstance(key, str) else f"signer-{number}.key.pem",
        "certificate": f"signer-{number}.pem",
    }
    if isinstance(key, Path):
        _write(folder / new["key"], key.read_bytes())
    _write(folder / new["certificate"], certificate_file.read_bytes())
    if theft is not None:
        _note_signer(about, folder / old["certificate"], theft)
    try:
        ring = keys.read(folder, {**about, "signer": new}, **opening)
        check_fits(ring.document_key, ring.signer_certificate)
    except (keys.KeysMissing, keys.KeysUnreadable, KeyAway, ValueError) as error:
        for name in _files_of(new):
            (folder / name).unlink(missing_ok=True)
        raise NotOurs(str(error)) from error
    about["signer"] = new
    _replace(folder, about)
    for name in _files_of(old):
        if name.endswith(".key.pem"):
            (folder / name).unlink(missing_ok=True)
    return ring


def _note_signer(about: dict[str, Any], file: Path, theft: Theft) -> None:
    stolen = x509.load_pem_x509_certificate(file.read_bytes())
    der = base64.b64encode(stolen.public_bytes(Encoding.DER)).decode("ascii")
    note = keys.StolenKey(
        keys.DOCUMENT, keys.serial_of(stolen), der, theft.since.astimezone(UTC).isoformat()
    )
    _note(about, note, _moment(stolen.not_valid_before_utc), theft)


def _files_of(signer: dict[str, str]) -> list[str]:
    return [signer[each] for each in ("key", "certificate") if IN_TOKEN not in signer[each]]


def _about(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / keys.KEYRING).read_text("utf-8"))
    except FileNotFoundError as error:
        raise keys.KeysMissing(str(error.filename)) from error
    return found


def _pem(key: Ed25519PrivateKey, passphrase: bytes | None) -> bytes:
    how: KeySerializationEncryption = NoEncryption()
    if passphrase:
        how = BestAvailableEncryption(passphrase)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def _replace(folder: Path, about: dict[str, Any]) -> None:
    draft = folder / f".{keys.KEYRING}"
    _write(draft, json.dumps(about, indent=1).encode())
    draft.replace(folder / keys.KEYRING)


def _write(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)  # of a run that was killed before the ring named it
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
