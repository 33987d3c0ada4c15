"""The keys of the institute: loading them, and making a set for development."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import base58
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lms.certificates.development_keys import write_development_keys
from lms.certificates.document_keys import (
    IN_TOKEN,
    Access,
    DocumentKey,
    FileKey,
    TokenKey,
    check_fits,
)

KEYRING = "keyring.json"
_MULTICODEC_ED25519 = b"\xed\x01"


class KeysMissing(LookupError):
    """No key folder, or a file of it is absent."""


class KeysUnreadable(ValueError):
    """The files are there but damaged, do not belong together, or the passphrase is wrong."""


@dataclass(frozen=True)
class RetiredKey:
    """A key for credentials that signs no more: its public half, and when it was retired."""

    id: str
    multibase: str
    until: str


CREDENTIAL, DOCUMENT = "credential", "document"


@dataclass(frozen=True)
class StolenKey:
    """A key that somebody else has: nothing it signs is believed any more, by anybody.

    ``kind`` says what it signed. ``id`` is the name of a key for credentials, or the serial number
    of a signer's certificate in hexadecimal; ``public`` its public half, or that certificate in DER
    as base64. ``since`` is when it was stolen.
    """

    kind: str
    id: str
    public: str
    since: str


@dataclass(frozen=True)
class KeyRing:
    """What signing needs. ``chain`` holds the issuing CA, without signer and root.

    ``retired`` keys stay published: without them every credential they signed would be refused.
    ``stolen`` ones are not, for that very reason.
    """

    did: str
    verification_method: str
    credential_key: Ed25519PrivateKey
    document_key: DocumentKey
    signer_certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    root: x509.Certificate
    development: bool
    retired: tuple[RetiredKey, ...] = ()
    stolen: tuple[StolenKey, ...] = ()

    @property
    def stolen_methods(self) -> list[str]:
        """The stolen keys for credentials as credentials name them."""
        return [f"{self.did}#{one.id}" for one in self.stolen if one.kind == CREDENTIAL]


def did_web(host: str) -> str:
    """Return the did:web of ``host``; the colon before a port is written %3A."""
    return "did:web:" + quote(host.lower(), safe=".-")


def make_development_keys(folder: Path, *, host: str, now: datetime) -> None:
    """Make a complete set of keys, marked as development, in ``folder`` (mode 0700, files 0600).

    A killed process leaves either nothing or everything at ``folder``.

    Raises:
        FileExistsError: ``folder`` already holds something.

    """
    about = {"development": True, "created": now.isoformat(), "host": host}
    write_development_keys(folder, about=json.dumps(about, indent=1), host=host, now=now)


def load(
    folder: Path, *, host: str, passphrase: bytes | None, access: Access | None = None
) -> KeyRing:
    """Read the keys of ``folder``; the passphrase is used for encrypted files only.

    ``access`` is to the token that holds the document key, if one does; it is not asked yet.

    Raises:
        KeysMissing: a file is absent.
        KeysUnreadable: a file is damaged, the passphrase is wrong, or the chain does not hold.

    """
    try:
        about = json.loads((folder / KEYRING).read_text("utf-8"))
    except FileNotFoundError as error:
        raise KeysMissing(str(error.filename)) from error
    except ValueError as error:
        raise KeysUnreadable(f"{type(error).__name__}: {error}") from error
    return read(folder, about, host=host, passphrase=passphrase, access=access)


def read(
    folder: Path,
    about: dict[str, Any],
    *,
    host: str,
    passphrase: bytes | None,
    access: Access | None = None,
) -> KeyRing:
    """Read the keys that ``about``, the content of the ring's file, names; raises as ``load``."""
    try:
        ring = _read(folder, about, did_web(host), passphrase, access)
    except FileNotFoundError as error:
        raise KeysMissing(str(error.filename)) from error
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise KeysUnreadable(f"{type(error).__name__}: {error}") from error
    _check_chain(ring)
    return ring


def credential_of(about: dict[str, Any]) -> dict[str, str]:
    """Which key signs credentials: ``id`` and ``file``; the first one where none is named."""
    return about.get("credential") or {"id": "key-1", "file": "credential.key.pem"}


def signer_of(about: dict[str, Any]) -> dict[str, str]:
    """The files of the document signer: ``key``, or where in a token it is, and ``certificate``."""
    return about.get("signer") or {"key": "signer.key.pem", "certificate": "signer.pem"}


def _read(
    folder: Path, about: dict[str, Any], did: str, passphrase: bytes | None, access: Access | None
) -> KeyRing:
    credential, signer = credential_of(about), signer_of(about)
    credential_key = _private(folder / credential["file"], passphrase)
    if not isinstance(credential_key, Ed25519PrivateKey):
        raise ValueError("the credential key is not Ed25519")  # noqa: TRY004 - wrong content of a file
    return KeyRing(
        did=did,
        verification_method=f"{did}#{credential['id']}",
        credential_key=credential_key,
        document_key=_document_key(folder, signer["key"], passphrase, access),
        signer_certificate=_certificate(folder / signer["certificate"]),
        chain=(_certificate(folder / "ca.pem"),),
        root=_certificate(folder / "root.pem"),
        development=bool(about["development"]),
        retired=tuple(
            RetiredKey(one["id"], one["publicKeyMultibase"], one["until"])
            for one in about.get("retired", [])
        ),
        stolen=tuple(
            StolenKey(one["kind"], one["id"], one["public"], one["stolen"])
            for one in about.get("stolen", [])
        ),
    )


def _document_key(
    folder: Path, named: str, passphrase: bytes | None, access: Access | None
) -> DocumentKey:
    if named.startswith(IN_TOKEN):
        if access is None:
            raise ValueError("the document key is in a token, and LMS_KEY_TOKEN_LIBRARY names none")
        return TokenKey(access, named.removeprefix(IN_TOKEN))
    key = _private(folder / named, passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the signer's key is not an elliptic-curve key")  # noqa: TRY004 - the same
    return FileKey(key, f"file {named}")


def _private(path: Path, passphrase: bytes | None) -> object:
    pem = path.read_bytes()
    return load_pem_private_key(pem, passphrase if b"ENCRYPTED" in pem else None)


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _check_chain(ring: KeyRing) -> None:
    try:
        # A token is asked when something is to be signed: most processes never do.
        if isinstance(ring.document_key, FileKey):
            check_fits(ring.document_key, ring.signer_certificate)
    except ValueError as error:
        raise KeysUnreadable(str(error)) from error
    links = (ring.signer_certificate, *ring.chain, ring.root)
    try:
        for issued, issuer in pairwise(links):
            issued.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise KeysUnreadable("the certificates do not form a chain") from error


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number of a certificate, as lists of refused ones name it."""
    return f"{certificate.serial_number:x}"


def multibase(key: Ed25519PublicKey) -> str:
    """Return the key as publicKeyMultibase (z6Mk...)."""
    return "z" + base58.b58encode(_MULTICODEC_ED25519 + key.public_bytes_raw()).decode("ascii")


def from_multibase(text: str) -> Ed25519PublicKey:
    """Read a publicKeyMultibase.

    Raises:
        ValueError: it is not an Ed25519 key in base58btc.

    """
    raw = base58.b58decode(text[1:]) if text.startswith("z") else b""
    if not raw.startswith(_MULTICODEC_ED25519):
        raise ValueError("not an Ed25519 multibase key")
    return Ed25519PublicKey.from_public_bytes(raw[len(_MULTICODEC_ED25519) :])


def did_document(ring: KeyRing) -> dict[str, Any]:
    """Return the document for ``/.well-known/did.json`` (serve it as application/json)."""
    named = {
        ring.verification_method: multibase(ring.credential_key.public_key()),
        **{f"{ring.did}#{one.id}": one.multibase for one in reversed(ring.retired)},
    }
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": ring.did,
        "verificationMethod": [
            {
                "id": name,
                "type": "Multikey",
                "controller": ring.did,
                "publicKeyMultibase": key,
            }
            for name, key in named.items()
        ],
        "assertionMethod": list(named),
    }
