"""Changing the institute's keys: a new one is used from now on, what the old one signed stays good.

Files are added and the key ring is replaced in one step, so that a killed process leaves either the
old keys or the new ones at work. A private key that is used no more is destroyed; its public half
stays published for as long as there are credentials that it signed.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

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
    old = keys.credential_of(about)
    number = int(old["id"].removeprefix("key-")) + 1
    new = {
        "id": f"key-{number}",
        "file": f"credential-{number}.key.pem",
        "since": now.isoformat(timespec="seconds"),
    }
    made = Ed25519PrivateKey.generate()
    _write(folder / new["file"], _pem(made, passphrase))
    retired = {
        "id": old["id"],
        "publicKeyMultibase": keys.multibase(ring.credential_key.public_key()),
        "since": old.get("since", about.get("created", "")),
        "until": new["since"],
    }
    about["credential"] = new
    about["retired"] = [*about.get("retired", []), retired]
    _replace(folder, about)
    (folder / old["file"]).unlink(missing_ok=True)
    return new["id"]


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
    about = _about(folder)
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
    try:
        whole = {**about, "signer": new}
        ring = keys.read(folder, whole, host=host, passphrase=passphrase, access=access)
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
