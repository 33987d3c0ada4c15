"""The words of a certificate in Malay, English and Indonesian.

They live here and not in the translation catalogue: a certificate is a legal document whose words
change only by decision of the institute, and always in the three languages together.
"""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from lms.printing.content import CertificateContent, in_language

_TITLES = {
    "competence": {
        "ms": "Sijil Kompetensi",
        "en": "Certificate of Competence",
        "id": "Sertifikat Kompetensi",
    },
    "completion": {
        "ms": "Sijil Tamat Kursus",
        "en": "Certificate of Completion",
        "id": "Surat Tanda Tamat Pelatihan",
    },
    "attendance": {
        "ms": "Sijil Kehadiran",
        "en": "Certificate of Attendance",
        "id": "Sertifikat Keikutsertaan",
    },
}

_DEEDS = {
    "competence": {
        "ms": "telah dinilai kompeten dalam",
        "en": "has been assessed as competent in",
        "id": "telah dinilai kompeten dalam",
    },
    "completion": {
        "ms": "telah menamatkan dengan jayanya",
        "en": "has successfully completed",
        "id": "telah berhasil menyelesaikan",
    },
    "attendance": {
        "ms": "telah menghadiri",
        "en": "attended",
        "id": "telah menghadiri",
    },
}

_PHRASES = {
    "receipt": {
        "ms": "Resit log awam sijil",
        "en": "Receipt of the public log of certificates",
        "id": "Tanda terima log publik sertifikat",
    },
    "replaces": {
        "ms": "Menggantikan sijil {serial}.",
        "en": "Replaces certificate {serial}.",
        "id": "Menggantikan sertifikat {serial}.",
    },
    "lead": {
        "ms": "Dengan ini disahkan bahawa",
        "en": "This is to certify that",
        "id": "Dengan ini dinyatakan bahwa",
    },
    "claims_competence": {
        "ms": "Kompetensi yang dibuktikan",
        "en": "Competencies demonstrated",
        "id": "Kompetensi yang dibuktikan",
    },
    "claims_completion": {
        "ms": "Kompetensi yang diliputi",
        "en": "Competencies covered",
        "id": "Kompetensi yang dicakup",
    },
    "annex": {
        "ms": "{count} kompetensi disenaraikan di halaman 2",
        "en": "{count} competencies are listed on page 2",
        "id": "{count} kompetensi tercantum di halaman 2",
    },
    "serial": {"ms": "Nombor sijil", "en": "Certificate number", "id": "Nomor sertifikat"},
    "issued": {"ms": "Dikeluarkan", "en": "Issued", "id": "Diterbitkan"},
    "valid_until": {"ms": "sah hingga", "en": "valid until", "id": "berlaku hingga"},
    "no_end": {"ms": "tiada tarikh luput", "en": "no expiry date", "id": "tanpa batas waktu"},
    "check_at": {"ms": "Semak di", "en": "Check at", "id": "Periksa di"},
    "qr": {
        "ms": "Kod QR ke alamat semakan {address}",
        "en": "QR code of the verification address {address}",
        "id": "Kode QR ke alamat pemeriksaan {address}",
    },
    "attachment": {
        "ms": "Kredensial digital (Open Badges 3.0)",
        "en": "Digital credential (Open Badges 3.0)",
        "id": "Kredensial digital (Open Badges 3.0)",
    },
    "small": {
        "ms": "Ditandatangani secara digital oleh {issuer}. Salinan bercetak hanya sah jika rekod "
        "di alamat semakan sepadan; pastikan alamat bermula dengan {host}.",
        "en": "Digitally signed by {issuer}. A printed copy is valid only if the record at the "
        "verification address agrees; make sure that the address starts with {host}.",
        "id": "Ditandatangani secara digital oleh {issuer}. Salinan cetak hanya sah jika catatan "
        "di alamat pemeriksaan sesuai; pastikan alamat diawali dengan {host}.",
    },
    "signature": {
        "ms": "Tandatangan {who}",
        "en": "Signature of {who}",
        "id": "Tanda tangan {who}",
    },
    "hours": {"ms": "{count} jam", "en": "{count} hours", "id": "{count} jam"},
    "hour": {"ms": "1 jam", "en": "1 hour", "id": "1 jam"},
    "minutes": {"ms": "{count} minit", "en": "{count} minutes", "id": "{count} menit"},
    "minute": {"ms": "1 minit", "en": "1 minute", "id": "1 menit"},
    "cpd": {"ms": "{count} mata CPD", "en": "{count} CPD points", "id": "{count} poin PKB"},
    "cpd_one": {"ms": "1 mata CPD", "en": "1 CPD point", "id": "1 poin PKB"},
}

_SUBTITLE_LANGUAGE = {"ms": "en", "en": "ms", "id": "en"}


def title(kind: str, language: str) -> str:
    """Return the heading of the certificate."""
    return _TITLES[kind][language]


def subtitle(kind: str, language: str) -> tuple[str, str]:
    """Return the heading in the second language, and that language."""
    other = _SUBTITLE_LANGUAGE[language]
    return _TITLES[kind][other], other


def deed(kind: str, language: str) -> str:
    """Return what the holder did: was assessed, completed or attended."""
    return _DEEDS[kind][language]


def phrase(name: str, language: str, **values: object) -> str:
    """Return a phrase with its placeholders filled."""
    return _PHRASES[name][language].format(**values)


def day(value: date, language: str) -> str:
    """Return a date in words, as 18 Disember 2026."""
    return format_date(value, "d MMMM y", locale=language)


def short_day(value: date, language: str) -> str:
    """Return a date with the month abbreviated."""
    return format_date(value, "d MMM y", locale=language)


def period(first: date, last: date, language: str) -> str:
    """Return a span of days without repeating what both ends share."""
    if first == last:
        return day(first, language)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last, language)}"
    if first.year == last.year:
        return f"{format_date(first, 'd MMMM', locale=language)} – {day(last, language)}"
    return f"{day(first, language)} – {day(last, language)}"


def duration(minutes: int, language: str) -> str:
    """Return minutes of instruction as hours and minutes; empty for none."""
    hours, rest = divmod(minutes, 60)
    parts = [
        phrase(one if count == 1 else many, language, count=count)
        for count, one, many in ((hours, "hour", "hours"), (rest, "minute", "minutes"))
        if count
    ]
    return " ".join(parts)


def points(cpd: Decimal, language: str) -> str:
    """Return CPD points; empty for none."""
    if not cpd:
        return ""
    count = format_decimal(cpd, locale=language)
    return phrase("cpd_one" if cpd == 1 else "cpd", language, count=count)


def facts(content: CertificateContent) -> list[str]:
    """Return duration, dates, place and points, leaving out what there is none of."""
    language = content.language
    parts = (
        duration(content.minutes, language),
        period(content.starts_on, content.ends_on, language),
        content.venue,
        points(content.cpd, language),
    )
    return [part for part in parts if part]


def claims_heading(content: CertificateContent) -> str:
    """Return the heading over the competencies, with the framework where there is one."""
    words = phrase(f"claims_{content.kind}", content.language)
    return f"{words}, {content.framework}" if content.framework else words


def narrative(content: CertificateContent) -> str:
    """Return the criteria in one sentence: what the holder did, in what, for how long."""
    award = in_language(content.award_title, content.language)
    text = f"{deed(content.kind, content.language)} {award} ({'; '.join(facts(content))})"
    return text[0].upper() + text[1:]
