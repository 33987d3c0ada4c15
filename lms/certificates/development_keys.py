"""A root, an issuing authority, a signer and a credential key for development, never for use."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

MARK = "DEVELOPMENT - not valid"
_YEAR = timedelta(days=365)
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
# With document signing alone poppler's pdfsig calls the certificate unknown.
_SIGNER_PURPOSES = [_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
_PKCS8 = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def write_development_keys(folder: Path, *, about: str, host: str, now: datetime) -> None:
    """Write the whole set beside ``folder`` and then rename it into place.

    Raises:
        FileExistsError: ``folder`` already holds something.

    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    half_made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, data in _files(host, now).items():
            _write(half_made / name, data)
        _write(half_made / "keyring.json", about.encode())
        half_made.chmod(0o700)
        half_made.rename(folder)
    finally:
        shutil.rmtree(half_made, ignore_errors=True)


def another_signer(folder: Path, *, host: str, now: datetime) -> tuple[bytes, bytes]:
    """Key and certificate of another document signer, by the authority in ``folder``, as PEM.

    Raises OSError, ValueError, TypeError when that is no authority of development.
    """
    key = load_pem_private_key((folder / "ca.key.pem").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is of another kind")
    certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    made = _signer(host, now, _Authority(key, certificate))
    return made.key.private_bytes(*_PKCS8), made.certificate.public_bytes(Encoding.PEM)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _files(host: str, now: datetime) -> dict[str, bytes]:
    root = _root(host, now)
    issuing = _issuing(host, now, root)
    signer = _signer(host, now, issuing)
    files = {"credential.key.pem": Ed25519PrivateKey.generate().private_bytes(*_PKCS8)}
    for name, one in (("root", root), ("ca", issuing), ("signer", signer)):
        files[f"{name}.key.pem"] = one.key.private_bytes(*_PKCS8)
        files[f"{name}.pem"] = one.certificate.public_bytes(Encoding.PEM)
    return files


def _root(host: str, now: datetime) -> _Authority:
    key = ec.generate_private_key(ec.SECP384R1())
    name = _name("Root", host)
    builder = _builder(name, name, key, now, 20)
    builder = _as_authority(builder, path_length=1)
    return _Authority(key, builder.sign(key, hashes.SHA384()))


def _issuing(host: str, now: datetime, root: _Authority) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name("Issuing CA", host), root.certificate.subject, key, now, 10)
    builder = _as_authority(builder, path_length=0).add_extension(_issuer(root), critical=False)
    return _Authority(key, builder.sign(root.key, hashes.SHA384()))


def _signer(host: str, now: datetime, issuing: _Authority) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Document signer", host)
    builder = (
        _builder(name, issuing.certificate.subject, key, now, 10)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(_SIGNER_PURPOSES), critical=False)
        .add_extension(_issuer(issuing), critical=False)
    )
    return _Authority(key, builder.sign(issuing.key, hashes.SHA256()))


def _name(role: str, host: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{role} of {host} ({MARK})"[:64]),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    years: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A day of grace for clocks that are a little behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + years * _YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _as_authority(builder: x509.CertificateBuilder, *, path_length: int) -> x509.CertificateBuilder:
    limits = x509.BasicConstraints(ca=True, path_length=path_length)
    return builder.add_extension(limits, critical=True).add_extension(
        _usage(authority=True), critical=True
    )


def _issuer(authority: _Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
