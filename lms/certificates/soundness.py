"""Whether a row of the register still says what was signed when it was issued."""

import hashlib
from typing import Any

from lms.certificates import credential, proof
from lms.certificates.models import Certificate, FormerSignature
from lms.printing.content import CertificateContent


def is_signed_one(signed: dict[str, Any], wanted: str) -> bool:
    """Whether a stored credential is the very one that was signed and logged, by its digest."""
    if hashlib.sha256(proof.quick_bytes(signed)).hexdigest() == wanted:
        return True
    try:
        return hashlib.sha256(proof.canonical_bytes(signed)).hexdigest() == wanted
    except ValueError:
        return False


def says_what_was_signed(certificate: Certificate) -> bool:
    """Whether row, facts and credential say the same, and the credential is the one logged."""
    try:
        facts = CertificateContent.from_json(certificate.content)
        says = (facts.serial, facts.code, facts.valid_from, facts.valid_until)
    except (KeyError, TypeError, ValueError):
        return False
    row = (
        certificate.serial,
        certificate.code,
        certificate.valid_from,
        certificate.valid_until,
    )
    if says != row or not is_signed_one(certificate.credential, certificate.credential_digest):
        return False
    return is_bound(facts, certificate.credential)


def was_signed_so(certificate: Certificate, former: FormerSignature) -> bool:
    """Whether a former signature was over what the credential says today: by its logged digest."""
    signed = {**certificate.credential, "proof": former.proof}
    try:
        found = hashlib.sha256(proof.canonical_bytes(signed)).hexdigest()
    except ValueError:
        return False
    return found == former.credential_digest


def is_bound(facts: CertificateContent, signed: dict[str, Any]) -> bool:
    """Whether the facts are those the credential was made of: it is built again and compared.

    So a changed row is not shown as certified.
    """
    try:
        identity = signed["credentialSubject"]["identifier"][0]
        status = signed["credentialStatus"]
        again = credential.build(
            facts,
            did=signed["issuer"]["id"],
            status_url=status["statusListCredential"],
            status_index=int(status["statusListIndex"]),
            credential_id=signed["id"],
            salt=bytes.fromhex(identity["salt"]),
        )
    except (KeyError, IndexError, TypeError, ValueError):
        return False
    return again == {name: value for name, value in signed.items() if name != "proof"}
