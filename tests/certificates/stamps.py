"""A time-stamp service that listens on this machine, and an institute that uses it."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from flask import Flask
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.certificates import jobs, keyring, signing, stamping
from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate
from lms.config import Settings
from lms.db import db, transaction
from lms.jobs.port import NotNow
from lms.kernel import clock
from lms.web import running
from tests.certificates.awards import attended_place, issue
from tests.outbound import serving

REPLY = "application/timestamp-reply"
DAY = timedelta(days=1)
Announces = Sequence[x509.ExtensionType]
Authority = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


@dataclass(frozen=True)
class Service:
    """What stamps, the file of its root, its certificate, and who made that out."""

    stamper: DummyTimeStamper
    roots: Path
    certificate: x509.Certificate
    issuer: Authority
    root: Authority


def tsa(
    folder: Path,
    *,
    own_root: bool,
    announces: Announces = (),
    between: Announces | None = None,
) -> Service:
    """A service under our authority, or one of its own; ``between`` stands one more."""
    key = rsa.generate_private_key(65537, 2048)
    now = clock.now()
    root = _ca_of(folder) if own_root else stranger_root()
    above = root if between is None else _between(root, between)
    signer, issuer = above
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name("Time stamps"))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 365 * DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    for one in announces:
        builder = builder.add_extension(one, critical=False)
    certificate = builder.sign(signer, hashes.SHA256())
    roots = folder.parent / "tsa-roots.pem"
    roots.write_bytes(root[1].public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([asn1(issuer), asn1(root[1])])
    made = DummyTimeStamper(asn1(certificate), asn1_keys.PrivateKeyInfo.load(plain), store)
    return Service(made, roots, certificate, above, root)


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same for pyHanko."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _ca_of(folder: Path) -> Authority:
    key = load_pem_private_key((folder / "ca.key.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key, x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())


def stranger_root() -> Authority:
    """An authority of others."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _authority(_name("A root of others"), _name("A root of others"), key).sign(
        key, hashes.SHA256()
    )


def _between(root: Authority, announces: Announces) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _authority(_name("Those between"), root[1].subject, key)
    for one in announces:
        builder = builder.add_extension(one, critical=False)
    return key, builder.sign(root[0], hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _authority(
    name: x509.Name, by: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 365 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )


@dataclass
class Ground:
    """The institute with a time-stamp service that listens; ``settings`` point at it."""

    app: Flask
    settings: Settings
    ring: KeyRing
    served: serving.Served
    service: Service

    def use(self, monkeypatch: pytest.MonkeyPatch, **more: object) -> Settings:
        ours = replace(self.settings, **more)  # type: ignore[arg-type]  # fields by name
        monkeypatch.setitem(self.app.config, "LMS", ours)
        return ours


def answering(stamper: DummyTimeStamper) -> serving.Stamps:
    """What a server says for it."""

    def stamps(body: bytes) -> tuple[str, bytes]:
        asked = tsp.TimeStampReq.load(body)
        answer = asyncio.run(stamper.async_request_tsa_response(asked))
        return REPLY, bytes(answer.dump())

    return stamps


@contextmanager
def standing(
    app: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    own_root: bool,
    announces: Announces = (),
    between: Announces | None = None,
    hosts: Sequence[str] = (),
) -> Iterator[Ground]:
    """The institute and its service; ``announces`` are extensions of the service's certificate."""
    ours = running.settings()
    folder = Path(shutil.copytree(ours.pki, tmp_path / "pki"))
    service = tsa(folder, own_root=own_root, announces=announces, between=between)
    with serving.https(tmp_path) as served:
        served.stamps = answering(service.stamper)
        settings = replace(
            ours,
            timestamp_url=f"https://localhost:{served.port}/stamp",
            timestamp_roots="" if own_root else str(service.roots),
            outbound_hosts=",".join([f"localhost:{served.port}", *hosts]),
            outbound_ca=str(served.ca),
        )
        found = Ground(app, settings, keyring.ring(ours), served, service)
        found.use(monkeypatch)
        yield found


def stamped(ground: Ground, rendered: bytes) -> bytes:
    now = clock.now()
    with_it = stamping.stamping(running.settings(), ground.ring, now=now)
    return signing.sign(rendered, ground.ring, now=now, stamping=with_it)


def stamped_at(signature: EmbeddedPdfSignature) -> datetime:
    """What the stamp of a signature says."""
    (stamp,) = (
        each["values"][0]
        for each in signature.signer_info["unsigned_attrs"]
        if each["type"].native == "signature_time_stamp_token"
    )
    said: datetime = stamp["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return said


def render_one(app: Flask) -> int:
    del app
    with transaction():
        return issue(attended_place(), now=clock.now()).id


def wait_for(certificate_id: int, why: str) -> None:
    """The job gives way for this reason, and nothing is filed."""
    with pytest.raises(NotNow, match=why):
        jobs.render(certificate_id)
    found = db.session.get(Certificate, certificate_id)
    assert found is not None
    assert found.pdf_digest is None
