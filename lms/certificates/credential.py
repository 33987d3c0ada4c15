"""The Open Badges 3.0 credential of a certificate."""

import hashlib
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from lms.certificates import contexts
from lms.certificates.proof import canonical_bytes, instant, prove, verify
from lms.printing import wording
from lms.printing.content import CertificateContent, ClaimContent, in_language

__all__ = [
    "CONTEXT",
    "build",
    "canonical_bytes",
    "identity_hash",
    "prove",
    "verify",
]

CONTEXT = [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES, contexts.OPEN_BADGES_EXTENSIONS]
SALT_BYTES = 16

_ACHIEVEMENT_TYPES = {
    "competence": "Certificate",
    "completion": "CertificateOfCompletion",
    "attendance": "ext:CertificateOfAttendance",
    # The vocabulary has no transcript: it lists what was achieved, and is no achievement itself.
    "transcript": "ext:Transcript",
}
_AWARD_TYPES = {"certificate": "Certificate", "diploma": "Diploma", "master": "MasterDegree"}


def build(
    content: CertificateContent,
    *,
    did: str,
    status_url: str,
    status_index: int,
    credential_id: str,
    salt: bytes,
) -> dict[str, Any]:
    """Return the unsigned credential; ``prove`` signs it.

    ``salt`` is 16 random bytes, ``credential_id`` an https address, ``status_index`` a random
    free bit of the list at ``status_url``.

    Raises:
        ValueError: a salt of another length, an address that is not https, a negative index.

    """
    if len(salt) != SALT_BYTES or status_index < 0 or not credential_id.startswith("https://"):
        raise ValueError("salt, status index or credential address out of bounds")
    title = in_language(content.award_title, content.language)
    document: dict[str, Any] = {
        "@context": list(CONTEXT),
        "id": credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": _profile(content, did),
        "name": title,
        "validFrom": _first_moment(content.valid_from, content.issued_at),
        "awardedDate": instant(content.issued_at),
        "credentialSubject": _subject(content, did, salt),
        "evidence": [_evidence(content)],
        "credentialStatus": _status(status_url, status_index),
    }
    if content.valid_until is not None:
        document["validUntil"] = _last_moment(content.valid_until, content.issued_at)
    return document


def identity_hash(name: str, salt: str) -> str:
    """Return the Open Badges hash of a name with the salt text that stands beside it."""
    folded = " ".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return "sha256$" + hashlib.sha256((folded + salt).encode()).hexdigest()


def _profile(content: CertificateContent, did: str) -> dict[str, Any]:
    return {
        "id": did,
        "type": ["Profile"],
        "name": content.issuer_name,
        "url": content.issuer_url,
    }


def _subject(content: CertificateContent, did: str, salt: bytes) -> dict[str, Any]:
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(content.holder_name, salt.hex()),
        "identityType": "name",
        "salt": salt.hex(),
    }
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "identifier": [identity],
        "licenseNumber": content.serial,
        "achievement": _achievement(content, did),
    }
    if content.earned:
        subject["creditsEarned"] = _number(content.earned)
    return subject


def _achievement(content: CertificateContent, did: str) -> dict[str, Any]:
    title = in_language(content.award_title, content.language)
    achievement: dict[str, Any] = {
        "id": _address(content),
        "type": ["Achievement"],
        "achievementType": _AWARD_TYPES[content.leads_to]
        if content.kind == "award"
        else _ACHIEVEMENT_TYPES[content.kind],
        "creator": {"id": did, "type": ["Profile"], "name": content.issuer_name},
        "criteria": {"narrative": wording.narrative(content)},
        "description": f"{wording.title(content)}: {title}",
        "humanCode": content.course_code,
        "inLanguage": content.language,
        "name": title,
    }
    if content.claims:
        achievement["alignment"] = [_alignment(content, claim) for claim in content.claims]
    if content.credits:
        achievement["creditsAvailable"] = _number(content.credits)
    return achievement


def _address(content: CertificateContent) -> str:
    """What the achievement is known by: a course and a programme may have the same code."""
    code = quote(content.course_code, safe="")
    below = {"award": "programmes/", "transcript": "transcripts/"}.get(content.kind, "")
    return f"{content.issuer_url.rstrip('/')}/achievements/{below}{code}"


def _number(credits_: Decimal) -> int | float:
    """A JSON number: readers must not tell 30 from 30.0, and signatures do."""
    return int(credits_) if credits_ == int(credits_) else float(credits_)


def _alignment(content: CertificateContent, claim: ClaimContent) -> dict[str, Any]:
    label = in_language(claim.level_label, content.language)
    alignment: dict[str, Any] = {
        "type": ["Alignment"],
        "targetCode": claim.code,
        "targetDescription": f"{label} ({claim.level})",
        "targetName": in_language(claim.statement, content.language),
        "targetType": "CFItem",
        "targetUrl": claim.uri,
    }
    if content.framework:
        alignment["targetFramework"] = content.framework
    return alignment


def _evidence(content: CertificateContent) -> dict[str, Any]:
    # A wallet shows evidence as a link: this one leads to the page where the status is current.
    return {
        "id": content.verify_url,
        "type": ["Evidence"],
        "name": wording.phrase("check_at", content.language),
    }


def _status(url: str, index: int) -> dict[str, Any]:
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def _first_moment(day: date, zone_of: datetime) -> str:
    return instant(datetime.combine(day, time.min, tzinfo=zone_of.tzinfo))


def _last_moment(day: date, zone_of: datetime) -> str:
    return instant(datetime.combine(day, time(23, 59, 59), tzinfo=zone_of.tzinfo))
