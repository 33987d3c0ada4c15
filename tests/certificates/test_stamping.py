"""PDFs with a time stamp and what is needed to check them years later (PAdES B-LT)."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from flask import Flask
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from lms import config, doctor
from lms.certificates import jobs, keyring, revocation, stamping
from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate
from lms.checking.inspection import inspect
from lms.config import Misconfigured
from lms.db import db
from lms.kernel import clock
from lms.storage import blobs
from lms.web import running
from tests.certificates.stamps import (
    DAY,
    REPLY,
    Ground,
    answering,
    asn1,
    render_one,
    stamped,
    stamped_at,
    standing,
    stranger_root,
    tsa,
    wait_for,
)
from tests.certificates.test_production import GOOD
from tests.printing.test_pdf import _failures, needs_poppler, needs_qpdf

pytestmark = pytest.mark.once


@pytest.fixture(params=["own root", "another root"])
def ground(
    request: pytest.FixtureRequest, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ground]:
    own_root = request.param == "own root"
    with standing(app, tmp_path, monkeypatch, own_root=own_root) as found:
        yield found


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
    anchor = asn1(ground.ring.root)
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
        trust_roots=[
            anchor,
            asn1(x509.load_pem_x509_certificate(ground.service.roots.read_bytes())),
        ],
        moment=at,
        allow_fetching=False,
    )
    status = validate_pdf_signature(signature, context, stamps)
    assert status.trusted
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    assert status.bottom_line


def test_the_job_files_a_stamped_pdf(ground: Ground) -> None:
    certificate_id = render_one(ground.app)
    jobs.render(certificate_id)
    found = db.session.get(Certificate, certificate_id)
    assert found is not None
    assert found.pdf_digest is not None
    (signature,) = PdfFileReader(BytesIO(blobs().get(found.pdf_digest))).embedded_signatures
    assert abs(stamped_at(signature) - clock.now()) < DAY


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
    wait_for(certificate_id, why)
    assert why in doctor.time_stamps()
    ground.served.stamps = answering(ground.service.stamper)
    assert doctor.time_stamps() == ""
    jobs.render(certificate_id)


def test_while_the_service_is_down_the_job_waits(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate_id = render_one(ground.app)
    ground.use(monkeypatch, timestamp_url="https://localhost:1/stamp", outbound_hosts="localhost:1")
    wait_for(certificate_id, "does not answer")


def test_a_service_that_nobody_vouches_for_is_refused(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    stranger = tsa(tmp_path / "elsewhere" / "pki", own_root=False)
    ground.served.stamps = answering(stranger.stamper)
    certificate_id = render_one(ground.app)
    wait_for(certificate_id, "does not hold")


def test_the_roots_of_stamps_are_no_roots_of_signers(ground: Ground) -> None:
    """What vouches for a time must not vouch for a certificate."""
    found = stamping.stamping(running.settings(), ground.ring, now=clock.now())
    assert found is not None
    trusted = found.signers.path_builder.trust_manager
    assert trusted.is_root(asn1(ground.ring.root))
    stamps = asn1(x509.load_pem_x509_certificate(ground.service.roots.read_bytes()))
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
    key, stranger = stranger_root()
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
