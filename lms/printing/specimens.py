"""Certificates of people who do not exist: what a design has to stand before it is used."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from lms.printing.content import (
    RESULTS,
    CertificateContent,
    ClaimContent,
    CourseContent,
    Signatory,
)

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
_PROGRAMME = {
    "ms": "Diploma Pascasiswazah Kerja Sosial Klinikal dengan Kanak-kanak dan Keluarga",
    "en": "Postgraduate Diploma in Clinical Social Work with Children and Families",
    "id": "Diploma Pascasarjana Pekerjaan Sosial Klinis dengan Anak dan Keluarga",
}
_COURSES = (
    {
        "ms": "Asas Amalan Kerja Sosial: Nilai, Undang-undang, Teori dan Latihan Amali Pertama",
        "en": "Foundations of Social Work Practice: Values, Law, Theory and First Placement",
        "id": "Dasar-dasar Praktik Pekerjaan Sosial: Nilai, Hukum, Teori, dan Praktikum Pertama",
    },
    {
        "ms": "Kaedah Penyelidikan dan Penilaian Program bagi Perkhidmatan Kebajikan Masyarakat",
        "en": "Research Methods and Programme Evaluation for Community Welfare Services",
        "id": "Metode Penelitian dan Evaluasi Program untuk Layanan Kesejahteraan Masyarakat",
    },
    {"ms": "Penyeliaan Klinikal", "en": "Clinical Supervision", "id": "Supervisi Klinis"},
)
_CREDITS, _MINUTES = Decimal("3.5"), 2430
NAMES = (*_NAMES, "many", "annex", "attendance", "no_end", "award", "transcript")
"""The specimens by name, the plainest first."""
FEW, MANY, ANNEX = 5, 12, 40
LONG = 16
"""Courses of the transcript."""


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
        case "award" | "transcript":
            return _of_programme(plain, transcript=name == "transcript")
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


def _of_programme(plain: CertificateContent, *, transcript: bool) -> CertificateContent:
    return replace(
        plain,
        kind="transcript" if transcript else "award",
        claims=(),
        framework="",
        cpd=Decimal(0),
        valid_until=None,
        award_title=_PROGRAMME,
        course_code="PGD-KSK",
        minutes=LONG * _MINUTES if transcript else 0,
        leads_to="diploma",
        level=7,
        credits=Decimal(60),
        earned=LONG * _CREDITS if transcript else Decimal(60),
        interim=transcript,
        courses=tuple(_courses(LONG)) if transcript else (),
    )


def _courses(many: int) -> Iterator[CourseContent]:
    for number in range(1, many + 1):
        yield CourseContent(
            code=f"PGD{500 + number}",
            title=_COURSES[number % len(_COURSES)],
            credits=_CREDITS,
            minutes=_MINUTES,
            completed_on=date(2025, 1, 31) + timedelta(days=40 * number),
            result=RESULTS[number % len(RESULTS)],
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
