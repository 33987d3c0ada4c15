"""Somebody else in our name; and our own signature where it was not meant to stand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign import fields

from lms.certificates import proof
from tests.checking.forging import Original, holding_document, key_of, reissued, signed


def by_namesakes(original: Original) -> bytes:
    return signed(original.unsigned, original.stranger)


def self_signed(original: Original) -> bytes:
    ours = original.ring.signer_certificate
    return _signed_with(original, _certificate(original, ours.subject, key_of(original.stranger)))


def issued_by_a_signer(original: Original) -> bytes:
    """Under a certificate that may sign documents, and no certificates."""
    ours = original.ring.signer_certificate
    made = _certificate(original, ours.subject, key_of(original.ring))
    return _signed_with(original, made, ours)


def days_over(original: Original) -> bytes:
    """Our authority issued it, for days that are long over."""
    return _signed_with(original, _of_our_authority(original, year=2001))


def never_for_documents(original: Original) -> bytes:
    """Our authority issued it, but not to sign with it."""
    return _signed_with(original, _of_our_authority(original, signing=False))


def another_authority(original: Original) -> bytes:
    """A certificate that names our authority, which never signed it."""
    return _signed_with(
        original,
        _certificate(original, original.ring.chain[0].subject, key_of(original.stranger)),
    )


def _of_our_authority(original: Original, **wanted: Any) -> x509.Certificate:
    authority = original.ring.chain[0].subject
    return _certificate(original, authority, original.authority, **wanted)


def _certificate(
    original: Original,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    year: int | None = None,
    signing: bool = True,
) -> x509.Certificate:
    """The words of our signer's certificate around a stranger's key."""
    ours = original.ring.signer_certificate
    begins, ends = ours.not_valid_before_utc, ours.not_valid_after_utc
    made = (
        x509.CertificateBuilder()
        .subject_name(ours.subject)
        .issuer_name(issuer)
        .public_key(key_of(original.stranger).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins if year is None else begins.replace(year=year, day=1))
        .not_valid_after(ends if year is None else ends.replace(year=year + 1, day=1))
    )
    for extension in ours.extensions:
        if isinstance(extension.value, x509.AuthorityKeyIdentifier):
            continue
        value = extension.value
        if isinstance(value, x509.KeyUsage) and not signing:
            value = x509.KeyUsage(
                **{
                    "key_agreement": True,
                    **dict.fromkeys(_OTHER_USES, False),
                }
            )
        made = made.add_extension(value, critical=extension.critical)
    return made.sign(key, hashes.SHA256())


_OTHER_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _signed_with(
    original: Original, certificate: x509.Certificate, *between: x509.Certificate
) -> bytes:
    impostor = replace(
        original.stranger,
        signer_certificate=certificate,
        chain=(*between, *original.ring.chain),
    )
    return signed(original.unsigned, impostor)


def look_alike(original: Original) -> bytes:
    """Unsigned, around the genuine credential: a credential alone would be found valid."""
    return original.unsigned


def proved_by_a_stranger(original: Original) -> bytes:
    unproved = {name: value for name, value in original.credential.items() if name != "proof"}
    now = datetime(2026, 11, 1, tzinfo=UTC)
    forged = proof.prove({**unproved, "name": "Doctor"}, original.stranger, now=now)
    return holding_document(original, forged)


def proved_for_another(original: Original) -> bytes:
    """Our key on a credential that somebody else is said to issue."""
    issuer = {**original.credential["issuer"], "id": "did:web:evil.example"}
    return reissued(original, issuer=issuer)


def uncertified(original: Original) -> bytes:
    return signed(original.unsigned, original.ring, certify=False)


def another_field(original: Original) -> bytes:
    return signed(original.unsigned, original.ring, field_name="Signature1")


def changes_allowed(original: Original) -> bytes:
    return signed(original.unsigned, original.ring, docmdp_permissions=fields.MDPPerm.FILL_FORMS)


IMPOSTORS: dict[str, Callable[[Original], bytes]] = {
    "namesakes": by_namesakes,
    "self-signed": self_signed,
    "issued by a signer": issued_by_a_signer,
    "days over": days_over,
    "never for documents": never_for_documents,
    "another authority": another_authority,
    "look-alike": look_alike,
}
OTHERWISE: dict[str, Callable[[Original], bytes]] = {
    "proved by a stranger": proved_by_a_stranger,
    "proved for another": proved_for_another,
    "not certifying": uncertified,
    "another field": another_field,
    "changes allowed": changes_allowed,
}
