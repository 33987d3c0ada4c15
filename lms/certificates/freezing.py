"""What a certificate will say: gathered from course, offering, person and attainments at issue."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from lms.certificates.basis import Office
from lms.competency.models import Attainment
from lms.competency.rules import last_valid_day
from lms.config import Settings
from lms.designs import queries as designs_queries
from lms.enrolment.models import Enrolment
from lms.kernel import codes
from lms.people.models import Organisation, User
from lms.printing.content import CertificateContent, ClaimContent, Signatory
from lms.standards import queries as standards_queries


def freeze(
    enrolment: Enrolment,
    attained: Sequence[Attainment],
    serial: str,
    office: Office,
) -> CertificateContent:
    """What the certificate of a place says from now on, whatever changes later."""
    offering = enrolment.offering
    version = offering.course_version
    competence = version.certificate == "competence"
    provider, kind = version.course.provider, version.certificate
    frame = frame_of(provider, enrolment.user, kind, serial, office)
    said = CertificateContent(
        **frame,
        award_title=version.titles,
        course_code=version.course.code,
        minutes=version.minutes,
        starts_on=offering.starts_on,
        ends_on=offering.ends_on,
        venue=offering.venue,
        cpd=version.cpd,
        framework=_framework_label(attained) if competence else "",
        claims=_claims(attained) if competence else (),
        valid_until=last_valid_day(frame["valid_from"], version.validity_months),
    )
    return printable(said)


def frame_of(
    provider: Organisation,
    holder: User,
    kind: str,
    serial: str,
    office: Office,
) -> dict[str, Any]:
    """What every certificate says, whatever it is for: who issues it to whom, and how to check."""
    moment = office.now.astimezone(ZoneInfo(provider.timezone)).replace(microsecond=0)
    code, settings = codes.new_verification_code(), office.settings
    looks = office.looks or designs_queries.looks_of(provider.id, kind)
    return {
        "serial": serial,
        "code": code,
        "kind": kind,
        "language": holder.locale,
        "holder_name": holder.name,
        "issuer_name": provider.name,
        "issuer_parent": "",
        "issuer_url": f"https://{settings.host}",
        "issued_at": moment,
        "valid_from": moment.date(),
        "signatories": tuple(
            Signatory(s["name"], s["title"], looks.marks.signatures.get(s["name"], ""))
            for s in provider.signatories
        ),
        "verify_url": _address(code, settings),
        "design": looks.design,
        "logo": looks.marks.logo,
    }


def printable(said: CertificateContent) -> CertificateContent:
    """The same without control characters: they have no place in a credential."""
    return CertificateContent.from_json(_printed(said.to_json()))


def _printed(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """The same with a space for each control character: they have no place in a credential."""
    if isinstance(value, dict):
        return {name: _printed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_printed(each) for each in value]
    if not isinstance(value, str) or is_printable(value):
        return value
    return "".join(" " if unicodedata.category(one) == "Cc" else one for one in value)


def corrected(
    before: CertificateContent, holder_name: str, serial: str, office: Office
) -> CertificateContent:
    """The same under another name, with a number and a code of its own."""
    code = codes.new_verification_code()
    return replace(
        before,
        serial=serial,
        code=code,
        holder_name=holder_name,
        issued_at=office.now.astimezone(before.issued_at.tzinfo).replace(microsecond=0),
        verify_url=_address(code, office.settings),
        replaces=before.serial,
    )


def is_printable(name: str) -> bool:
    """Whether a name has no control characters: they have no place in a credential."""
    return not any(unicodedata.category(character) == "Cc" for character in name)


def _address(code: str, settings: Settings) -> str:
    return f"{settings.base_url}/V/{code}".upper()


def _framework_label(attained: Sequence[Attainment]) -> str:
    ids = sorted({one.item.framework_id for one in attained})
    return ", ".join(standards_queries.framework_by_id(one).label for one in ids)


def _claims(attained: Sequence[Attainment]) -> tuple[ClaimContent, ...]:
    frameworks = {one.item.framework_id for one in attained}
    labels = {each: standards_queries.level_labels(each) for each in frameworks}
    return tuple(
        ClaimContent(
            code=one.item.code,
            statement=one.item.statements,
            level=one.level,
            level_label=labels[one.item.framework_id].get(one.level, {"en": str(one.level)}),
            uri=one.item.uri,
        )
        for one in attained
    )
