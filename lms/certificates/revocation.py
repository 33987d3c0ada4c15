"""Lists of revoked certificates (CRL) of our authorities: nobody else answers for them.

Those of development keys are made when asked for. In production the authority's key is elsewhere:
its lists come as files into the folder of the keys.
"""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from lms.certificates.keys import DOCUMENT, KeyRing, StolenKey

LIFETIME = timedelta(days=30)
AUTHORITIES = ("ca", "root")
_GRACE = timedelta(hours=1)


class NotFresh(LookupError):
    """A list is missing, has run out, or is of another authority; the text says which."""


class NotOurs(ValueError):
    """A file is no list of an authority of ours, or not a newer one."""


def current(folder: Path, ring: KeyRing, *, now: datetime) -> dict[str, bytes]:
    """The lists in DER, by authority; raises NotFresh."""
    return {name: _current(folder, name, ring, now) for name in AUTHORITIES}


def of(folder: Path, name: str, ring: KeyRing, *, now: datetime) -> bytes:
    """The list of one authority in DER, to be published; raises NotFresh."""
    return _current(folder, name, ring, now)


def _current(folder: Path, name: str, ring: KeyRing, now: datetime) -> bytes:
    if ring.development:
        return _made(folder, name, ring, now).public_bytes(Encoding.DER)
    file = _file(folder, name)
    try:
        found = x509.load_pem_x509_crl(file.read_bytes())
    except (OSError, ValueError):
        raise NotFresh(f"There is no list of revoked certificates {file.name}.") from None
    _check(found, _authority(name, ring))
    if _until(found) <= now:
        raise NotFresh(f"{file.name} has run out on {_until(found):%Y-%m-%d}.")
    return found.public_bytes(Encoding.DER)


def names(folder: Path, ring: KeyRing, serial: str, *, now: datetime) -> bool:
    """Whether the issuing authority's list names a certificate; raises NotFresh."""
    return serial in _serials(x509.load_der_x509_crl(_current(folder, "ca", ring, now)))


def refused(folder: Path, ring: KeyRing) -> frozenset[str]:
    """Serial numbers of signers whose files are refused: stolen, or on the list we have.

    Old or new: who was revoked once stays revoked.
    """
    stolen = frozenset(one.id for one in ring.stolen if one.kind == DOCUMENT)
    try:
        found = x509.load_pem_x509_crl(_file(folder, "ca").read_bytes())
    except (OSError, ValueError):
        return stolen
    return stolen | _serials(found) if _is_of(found, _authority("ca", ring)) else stolen


def _serials(found: x509.CertificateRevocationList) -> frozenset[str]:
    return frozenset(f"{one.serial_number:x}" for one in found)


def install(folder: Path, data: bytes, ring: KeyRing, *, now: datetime) -> str:
    """Use a newer list from now on; returns the name of its authority. Raises NotOurs, NotFresh."""
    try:
        found = x509.load_pem_x509_crl(data)
        name = next(each for each in AUTHORITIES if _is_of(found, _authority(each, ring)))
    except (ValueError, StopIteration):
        raise NotOurs("this is no list of our authorities in PEM") from None
    if _until(found) <= now:
        raise NotOurs(f"the list has run out on {_until(found):%Y-%m-%d}")
    draft = folder / f".{name}.crl.pem"
    draft.write_bytes(data)
    draft.replace(_file(folder, name))
    return name


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.crl.pem"


def _authority(name: str, ring: KeyRing) -> x509.Certificate:
    return ring.root if name == "root" else ring.chain[0]


def _is_of(found: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    public = authority.public_key()
    return (
        found.issuer == authority.subject
        and isinstance(public, ec.EllipticCurvePublicKey)
        and found.is_signature_valid(public)
    )


def _check(found: x509.CertificateRevocationList, authority: x509.Certificate) -> None:
    if not _is_of(found, authority):
        raise NotFresh("A list of revoked certificates is not of our authority.")


def _until(found: x509.CertificateRevocationList) -> datetime:
    if found.next_update_utc is None:
        raise NotFresh("A list of revoked certificates does not say until when it holds.")
    return found.next_update_utc


def _made(folder: Path, name: str, ring: KeyRing, now: datetime) -> x509.CertificateRevocationList:
    authority, file = _authority(name, ring), folder / f"{name}.key.pem"
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        raise NotFresh(f"{file.name}, a key of development, cannot be read.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NotFresh(f"{file.name} is no key of development.")
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(now - _GRACE)
        .next_update(now + LIFETIME)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(issuer, critical=False)
    )
    for one in ring.stolen if name == "ca" else ():
        if one.kind == DOCUMENT:
            builder = builder.add_revoked_certificate(_revoked(one))
    return builder.sign(key, hashes.SHA256())


def _revoked(stolen: StolenKey) -> x509.RevokedCertificate:
    since = datetime.fromisoformat(stolen.since)
    return (
        x509.RevokedCertificateBuilder()
        .serial_number(int(stolen.id, 16))
        .revocation_date(since)
        .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        .add_extension(x509.InvalidityDate(since), critical=False)
        .build()
    )
