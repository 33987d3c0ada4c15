"""An invented institute, its keys, and one certificate of it."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.certificates import credential, keyring, keys, service
from lms.certificates.models import Certificate
from lms.certificates.sealing import Seal
from lms.db import db, transaction
from lms.printing import pdf
from lms.printing.content import CertificateContent, ClaimContent, Signatory
from lms.storage import blobs
from lms.web import running
from tests.certificates.awards import sample_certificate

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
HOST = "sijil.example"
CODE = "7Q2MX4C8ZT9KHD5WPV3R1NJB6F7"
_CLAIMS = (
    ("AS.02", "Menilai keperluan dan kekuatan", "Assess needs and strengths", 3),
    ("AS.03", "Menilai risiko dan keadaan segera", "Assess risk and urgency", 3),
    ("PL.02", "Menyusun pelan tindakan", "Draw up an action plan", 3),
    ("SG.01", "Mengenal pasti kemudaratan terhadap kanak-kanak", "Recognise harm to children", 3),
    ("SG.03", "Merujuk dan membuat susulan", "Refer and follow up", 2),
    ("RM.01", "Menulis catatan kes", "Write case notes", 3),
)


def _claims() -> tuple[ClaimContent, ...]:
    return tuple(
        ClaimContent(
            code=code,
            statement={"ms": malay, "en": english, "id": malay},
            level=level,
            level_label={"ms": f"Tahap {level}", "en": f"Level {level}", "id": f"Tingkat {level}"},
            uri=f"https://{HOST}/ims/case/v1p1/CFItems/00000000-0000-4000-8000-00000000000{number}",
        )
        for number, (code, malay, english, level) in enumerate(_CLAIMS)
    )


@pytest.fixture(scope="session")
def sample_pdf(institute: Flask) -> bytes:
    """The PDF of a sample certificate, made once; ``filed`` files it."""
    with institute.app_context():
        data = service.make_pdf(sample_certificate(), keyring.ring(running.settings()))
        db.session.remove()
    return data


@pytest.fixture
def filed(app: Flask, sample_pdf: bytes) -> Certificate:
    """A sample certificate whose PDF is filed."""
    del app
    with transaction():
        service.file_pdf(sample_certificate(), sample_pdf, blobs())
    return sample_certificate()


@pytest.fixture(scope="session")
def content() -> CertificateContent:
    return CertificateContent(
        serial="ILKS-2026-00731",
        code=CODE,
        kind="competence",
        language="ms",
        holder_name="Nur Aisyah binti Abdul Rahman",
        issuer_name="Institut Latihan Kerja Sosial",
        issuer_parent="Kementerian Pembangunan Wanita, Keluarga dan Masyarakat",
        issuer_url=f"https://{HOST}",
        award_title={
            "ms": "Penilaian Risiko dan Keselamatan Kanak-kanak (Pertengahan)",
            "en": "Child Risk and Safety Assessment (Intermediate)",
            "id": "Penilaian Risiko dan Keselamatan Anak (Menengah)",
        },
        course_code="CRS-201",
        minutes=2400,
        starts_on=date(2026, 12, 7),
        ends_on=date(2026, 12, 11),
        venue="Kuala Lumpur",
        cpd=Decimal(40),
        framework="SWX-STARTER 2026.1",
        claims=_claims(),
        issued_at=NOW.astimezone(timezone(timedelta(hours=8))),
        valid_from=date(2026, 12, 18),
        valid_until=date(2029, 12, 17),
        signatories=(
            Signatory(
                "Dr. Hajah Salmah Idris",
                {"ms": "Pengarah Institut", "en": "Director", "id": "Direktur Institut"},
            ),
            Signatory(
                "Lim Wei Keat",
                {"ms": "Ketua Penilai", "en": "Chief Assessor", "id": "Ketua Penilai"},
            ),
        ),
        verify_url=f"HTTPS://{HOST.upper()}/V/{CODE}",
    )


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "pki"
    keys.make_development_keys(folder, host=HOST, now=NOW - timedelta(days=60))
    return folder


@pytest.fixture(scope="session")
def ring(key_folder: Path) -> keys.KeyRing:
    return keys.load(key_folder, host=HOST, passphrase=None)


@pytest.fixture(scope="session")
def unsigned(content: CertificateContent, ring: keys.KeyRing) -> dict[str, Any]:
    return credential.build(
        content,
        did=ring.did,
        status_url=f"https://{HOST}/status/revocation/1",
        status_index=4711,
        credential_id=f"https://{HOST}/credentials/k3v9t",
        salt=bytes(range(16)),
    )


@pytest.fixture(scope="session")
def signed(unsigned: dict[str, Any], ring: keys.KeyRing) -> dict[str, Any]:
    return credential.prove(unsigned, ring, now=NOW)


@pytest.fixture(scope="session")
def rendered(content: CertificateContent, signed: dict[str, Any]) -> bytes:
    return pdf.render(content, credential.canonical_bytes(signed), now=NOW)


@pytest.fixture(scope="session")
def issued(content: CertificateContent, signed: dict[str, Any], ring: keys.KeyRing) -> bytes:
    seal = Seal(ring, now=NOW)
    attached = credential.canonical_bytes(signed)
    return seal.close(pdf.render(content, attached, now=NOW, finish=seal.place))
