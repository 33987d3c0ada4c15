"""PDFs with a time stamp and what is needed to check them years later (PAdES B-LT)."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
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
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms import config, doctor
from lms.certificates import jobs, keyring, queries, revocation, signing, stamping
from lms.certificates.keys import KeyRing
from lms.checking.inspection import inspect
from lms.config import Misconfigured, Settings
from lms.db import transaction
from lms.jobs.port import NotNow
from lms.kernel import clock
from lms.storage import blobs
from lms.web import running
from tests.certificates.awards import attended_place, issue
from tests.certificates.test_production import GOOD
from tests.outbound import serving
from tests.printing.test_pdf import _failures, needs_poppler, needs_qpdf

pytestmark = pytest.mark.once

REPLY = "application/timestamp-reply"
DAY = timedelta(days=1)


def tsa(folder: Path, *, own_root: bool) -> tuple[DummyTimeStamper, Path]:
    """A service under our authority, or one of its own, and the file of its root."""
    key = rsa.generate_private_key(65537, 2048)
    now = clock.now()
    signer, issuer = _ca_of(folder) if own_root else _stranger()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Time stamps")]))
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
        .sign(signer, hashes.SHA256())
    )
    roots = folder.parent / "tsa-roots.pem"
    roots.write_bytes(issuer.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(_asn1(issuer))
    made = DummyTimeStamper(_asn1(certificate), asn1_keys.PrivateKeyInfo.load(plain), store)
    return made, roots


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _ca_of(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = load_pem_private_key((folder / "ca.key.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key, x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())


def _stranger() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A root of others")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 365 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, made


@dataclass
class Ground:
    """The institute with a time-stamp service that listens; ``settings`` point at it."""

    app: Flask
    settings: Settings
    ring: KeyRing
    served: serving.Served
    stamper: DummyTimeStamper
    roots: Path

    def use(self, monkeypatch: pytest.MonkeyPatch, **more: object) -> Settings:
        ours = replace(self.settings, **more)  # type: ignore[arg-type]  # fields by name
        monkeypatch.setitem(self.app.config, "LMS", ours)
        return ours


def _answering(stamper: DummyTimeStamper) -> serving.Stamps:
    def stamps(body: bytes) -> tuple[str, bytes]:
        asked = tsp.TimeStampReq.load(body)
        answer = asyncio.run(stamper.async_request_tsa_response(asked))
        return REPLY, bytes(answer.dump())

    return stamps


@pytest.fixture(params=["own root", "another root"])
def ground(
    request: pytest.FixtureRequest, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ground]:
    ours = running.settings()
    own_root = request.param == "own root"
    folder = Path(shutil.copytree(ours.pki, tmp_path / "pki"))
    stamper, roots = tsa(folder, own_root=own_root)
    with serving.https(tmp_path) as served:
        served.stamps = _answering(stamper)
        settings = replace(
            ours,
            timestamp_url=f"https://localhost:{served.port}/stamp",
            timestamp_roots="" if own_root else str(roots),
            outbound_hosts=f"localhost:{served.port}",
            outbound_ca=str(served.ca),
        )
        found = Ground(app, settings, keyring.ring(ours), served, stamper, roots)
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


def test_one_revision_holds_signature_stamp_and_lists(ground: Ground, rendered: bytes) -> None:
    data = stamped(ground, rendered)
    assert data.count(b"%%EOF") == 2  # of the rendering, and of the signature
    reader = PdfFileReader(BytesIO(data), strict=True)
    (signature,) = reader.embedded_signatures
    assert abs(stamped_at(signature) - clock.now()) < DAY
    store = DocumentSecurityStore.read_dss(reader)
    issuers = {crl.get_object().data for crl in store.crls}
    assert len(issuers) == 2
    assert len(store.certs) >= 3
    assert inspect(data, [ground.ring.root]).signature == "ok"
    assert {heard.headers["content-type"] for heard in ground.served.heard} == {
        "application/timestamp-query"
    }


@needs_poppler
@needs_qpdf
def test_other_programs_find_it_whole(ground: Ground, rendered: bytes, tmp_path: Path) -> None:
    file = tmp_path / "stamped.pdf"
    file.write_bytes(stamped(ground, rendered))
    seen = subprocess.run(["pdfsig", str(file)], check=False, capture_output=True, text=True)
    assert "Signature is Valid" in seen.stdout
    assert "Total document signed" in seen.stdout
    subprocess.run(["qpdf", "--check", str(file)], check=True, capture_output=True)


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_both_profiles_hold_with_a_stamp(ground: Ground, rendered: bytes, profile: str) -> None:
    assert _failures(stamped(ground, rendered), profile) == []


def test_it_can_be_checked_when_the_signer_is_long_past(ground: Ground, rendered: bytes) -> None:
    """By what the file brings along, at the moment that the stamp says; nothing is fetched."""
    reader = PdfFileReader(BytesIO(stamped(ground, rendered)))
    (signature,) = reader.embedded_signatures
    anchor = _asn1(ground.ring.root)
    at = stamped_at(signature)
    store = DocumentSecurityStore.read_dss(reader)
    context = store.as_validation_context(
        {
            "trust_roots": [anchor],
            "moment": at,
            "revocation_mode": "require",
            "allow_fetching": False,
        }
    )
    stamps = ValidationContext(
        trust_roots=[anchor, _asn1(x509.load_pem_x509_certificate(ground.roots.read_bytes()))],
        moment=at,
        allow_fetching=False,
    )
    status = validate_pdf_signature(signature, context, stamps)
    assert status.trusted
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    assert status.bottom_line


def render_one(app: Flask) -> int:
    del app
    with transaction():
        return issue(attended_place(), now=clock.now()).id


def test_the_job_files_a_stamped_pdf(ground: Ground) -> None:
    certificate_id = render_one(ground.app)
    jobs.render(certificate_id)
    found = queries.by_id(certificate_id)
    assert found is not None
    assert found.pdf_digest is not None
    (signature,) = PdfFileReader(BytesIO(blobs().get(found.pdf_digest))).embedded_signatures
    assert abs(stamped_at(signature) - clock.now()) < DAY


def _wait_for(certificate_id: int, why: str) -> None:
    """The job gives way for this reason, and nothing is filed."""
    with pytest.raises(NotNow, match=why):
        jobs.render(certificate_id)
    found = queries.by_id(certificate_id)
    assert found is not None
    assert found.pdf_digest is None


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (("text/html", b"<p>Maintenance"), "gave no stamp"),
        ((REPLY, b"no answer at all"), "cannot be read"),
        ((REPLY, bytes.fromhex("30053003020102")), "service refused"),
    ],
)
def test_without_a_stamp_nothing_is_issued(
    ground: Ground, reply: tuple[str, bytes], why: str
) -> None:
    certificate_id = render_one(ground.app)
    ground.served.stamps = lambda _body: reply
    _wait_for(certificate_id, why)
    assert why in doctor.time_stamps()
    ground.served.stamps = _answering(ground.stamper)
    assert doctor.time_stamps() == ""
    jobs.render(certificate_id)


def test_while_the_service_is_down_the_job_waits(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate_id = render_one(ground.app)
    ground.use(monkeypatch, timestamp_url="https://localhost:1/stamp", outbound_hosts="localhost:1")
    _wait_for(certificate_id, "does not answer")


def test_a_service_that_nobody_vouches_for_is_refused(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    stranger, _ = tsa(tmp_path / "elsewhere" / "pki", own_root=False)
    ground.served.stamps = _answering(stranger)
    certificate_id = render_one(ground.app)
    _wait_for(certificate_id, "does not hold")


def test_the_roots_of_stamps_are_no_roots_of_signers(ground: Ground) -> None:
    """What vouches for a time must not vouch for a certificate."""
    found = stamping.stamping(running.settings(), ground.ring, now=clock.now())
    assert found is not None
    trusted = found.signers.path_builder.trust_manager
    assert trusted.is_root(_asn1(ground.ring.root))
    stamps = _asn1(x509.load_pem_x509_certificate(ground.roots.read_bytes()))
    assert not trusted.is_root(stamps)


def test_the_lists_are_public(client: FlaskClient) -> None:
    ours = running.settings()
    ring = keyring.ring(ours)
    for name, issuer in (("ca", ring.chain[0]), ("root", ring.root)):
        answer = client.get(f"/{name}.crl")
        assert answer.status_code == 200
        assert answer.content_type == "application/pkix-crl"
        found = x509.load_der_x509_crl(answer.data)
        public = issuer.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        assert found.is_signature_valid(public)
        assert list(found) == []
        assert found.next_update_utc is not None
        assert found.next_update_utc > clock.now() + 20 * DAY


def _list(folder: Path, name: str, *, until: datetime) -> bytes:
    key = load_pem_private_key((folder / f"{name}.key.pem").read_bytes(), None)
    issuer = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(until - 30 * DAY)
        .next_update(until)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def test_in_production_the_lists_are_files_and_fresh(
    key_folder: Path, ring: KeyRing, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(key_folder, tmp_path / "pki"))
    ours = replace(ring, development=False)
    now = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
    with pytest.raises(revocation.NotFresh, match=r"ca\.crl\.pem"):
        revocation.current(folder, ours, now=now)
    for name in ("root", "ca"):
        data = _list(folder, name, until=now + 9 * DAY)
        assert revocation.install(folder, data, ours, now=now) == name
    found = revocation.current(folder, ours, now=now)
    assert set(found) == {"ca", "root"}
    with pytest.raises(revocation.NotFresh, match="run out on 2026-12-27"):
        revocation.current(folder, ours, now=now + 9 * DAY)


def test_no_other_list_is_installed(key_folder: Path, ring: KeyRing, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(key_folder, tmp_path / "pki"))
    now = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
    key, stranger = _stranger()
    (tmp_path / "ca.key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (tmp_path / "ca.pem").write_bytes(stranger.public_bytes(Encoding.PEM))
    for data in (
        b"nothing",
        _list(tmp_path, "ca", until=now + DAY),
        _list(folder, "ca", until=now - DAY),
    ):
        with pytest.raises(revocation.NotOurs):
            revocation.install(folder, data, ring, now=now)
    assert not list(folder.glob("*.crl.pem"))


def test_settings_of_stamps_are_refused_when_they_cannot_work(tmp_path: Path) -> None:
    for more in (
        {"timestamp_url": "http://stamps.example"},
        {"timestamp_url": "https://stamps.example", "timestamp_roots": "/nowhere.pem"},
    ):
        with pytest.raises(Misconfigured, match="LMS_TIMESTAMP"):
            config.load({"instance": tmp_path, **GOOD, **more})


def test_without_the_setting_nothing_is_asked(app: Flask) -> None:
    del app
    ours = running.settings()
    assert stamping.stamping(ours, keyring.ring(ours), now=clock.now()) is None
