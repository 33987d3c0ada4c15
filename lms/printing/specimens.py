"""Certificates of people who do not exist: what a design has to stand before it is used."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from lms.printing.content import CertificateContent, ClaimContent, Signatory

_CODE = "7Q2MX4C8ZT9KHD5WPV3R1NJB6F7"
_NAMES = {
    "plain": "Nur Aisyah binti Abdul Rahman",
    "long": "Tengku Wan Muhammad Fakhruddin Hakimi bin Tengku Wan Sulaiman",
    "one_word": "Budi",
    "broad": "WAN MOHAMMAD MUMTAZ WAFIQ WAN MAMUM MAWARDI WM",
    "tamil": "கார்த்திகேயன் சுப்பிரமணியம்",
    "chinese": "王秀英 Wong Siew Yin",
    "jawi": "نور عائشة بنت عبدالرحمن",
}
_STATEMENTS = {
    "ms": "Mengenal pasti kemudaratan terhadap kanak-kanak dan orang dewasa",
    "en": "Recognise signs of harm to children and to adults at risk",
    "id": "Mengenali tanda bahaya terhadap anak dan orang dewasa",
}
NAMES = (*_NAMES, "many", "annex", "attendance", "no_end")
"""The specimens by name, the plainest first."""
FEW, MANY, ANNEX = 5, 12, 40


def specimen(name: str, *, language: str, issuer: str, host: str) -> CertificateContent:
    """One of them. Raises KeyError for another name."""
    plain = _plain(language, issuer, host)
    match name:
        case "many":
            return replace(plain, claims=tuple(_claims(MANY)))
        case "annex":
            return replace(plain, claims=tuple(_claims(ANNEX)))
        case "attendance":
            return replace(plain, kind="attendance", claims=(), framework="", cpd=Decimal(0))
        case "no_end":
            return replace(plain, kind="completion", valid_until=None, replaces="ILKS-2026-00412")
        case _:
            return replace(plain, holder_name=_NAMES[name])


def _plain(language: str, issuer: str, host: str) -> CertificateContent:
    return CertificateContent(
        serial="ILKS-2026-00731",
        code=_CODE,
        kind="competence",
        language=language,  # type: ignore[arg-type]  # one of three
        holder_name=_NAMES["plain"],
        issuer_name=issuer,
        issuer_parent="",
        issuer_url=f"https://{host}",
        award_title={
            "ms": "Penilaian Risiko dan Keselamatan Kanak-kanak (Pertengahan)",
            "en": "Child Risk and Safety Assessment (Intermediate)",
            "id": "Asesmen Risiko dan Keselamatan Anak (Menengah)",
        },
        course_code="SPC201",
        minutes=2400,
        starts_on=date(2026, 12, 7),
        ends_on=date(2026, 12, 11),
        venue="Kuala Lumpur",
        cpd=Decimal(40),
        framework="SWX-STARTER 2026.1",
        claims=tuple(_claims(FEW)),
        issued_at=datetime(2026, 12, 18, 2, 30, tzinfo=UTC),
        valid_from=date(2026, 12, 18),
        valid_until=date(2029, 12, 17),
        signatories=(
            Signatory("Dr. Hajah Salmah Idris", {"ms": "Pengarah", "en": "Director"}),
            Signatory("Lim Wei Keat", {"ms": "Ketua Penilai", "en": "Chief assessor"}),
        ),
        verify_url=f"HTTPS://{host.upper()}/V/{_CODE}",
    )


def _claims(many: int) -> Iterator[ClaimContent]:
    for number in range(1, many + 1):
        yield ClaimContent(
            code=f"SG.{number:02d}",
            statement=_STATEMENTS,
            level=3,
            level_label={"ms": "Tahap 3", "en": "Level 3", "id": "Tingkat 3"},
            uri=f"https://sijil.example/CFItems/{number}",
        )
