"""Passkeys (WebAuthn, level 2): a device signs our challenge with a key that never leaves it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.people import second_factor
from lms.people.account_models import Passkey, RecoveryCode
from lms.people.models import User

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

LONGEST_NAME = 80
MOST = 10
_WRONG = "passkey-wrong"


@dataclass(frozen=True)
class Party:
    """Who asks: the host that a key is bound to, the origin of its pages, the institute's name."""

    host: str
    origin: str
    name: str


def party(base_url: str, name: str) -> Party | None:
    """The party of this installation; None at a bare address, which no key can be bound to."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Party(host, f"{parts.scheme}://{parts.netloc}", name) if host else None
    return None


def of_user(user_id: int) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id).limit(MOST)
    return list(db.session.scalars(query))


def new_challenge() -> bytes:
    """Sixty-four random bytes that a device is asked to sign, once."""
    return secrets.token_bytes(64)


def asking_to_make(user: User, challenge: bytes, ours: Party) -> str:
    """What the browser needs to make a key, as JSON; keys that are there already are named."""
    # Imported late: a tenth of a second that only these pages need.
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=ours.host,
        rp_name=ours.name,
        user_id=user.public_id.encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=challenge,
        exclude_credentials=_descriptors(user.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return options_to_json(options)


def asking_to_show(user_id: int, challenge: bytes, ours: Party) -> str:
    """What the browser needs to sign with one of the person's keys, as JSON."""
    from webauthn import generate_authentication_options, options_to_json

    options = generate_authentication_options(
        rp_id=ours.host, challenge=challenge, allow_credentials=_descriptors(user_id)
    )
    return options_to_json(options)


def _descriptors(user_id: int) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential))
        for each in of_user(user_id)
    ]


def add(  # a ceremony has that many parts
    user: User, name: str, answer: str, challenge: bytes | None, ours: Party, *, now: datetime
) -> list[str]:
    """Keep the public half of a new key; returns recovery codes when the person had none.

    Raises Invalid when the answer is no answer to this challenge, Conflict for too many keys or
    one that is known already.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    if len(of_user(user.id)) >= MOST:
        raise Conflict("passkeys-many")
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=_given(challenge),
            expected_rp_id=ours.host,
            expected_origin=ours.origin,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise Invalid(_WRONG) from None
    key = Passkey(
        user_id=user.id,
        name=" ".join(name.split())[:LONGEST_NAME],
        credential=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        created_at=now,
    )
    with unique_or("passkey-known"):
        db.session.add(key)
    audit.record(user.id, "people.passkey.added", user)
    if second_factor.recovery_codes_left(user.id):
        return []
    return second_factor.new_recovery_codes(user, now=now)


def _given(challenge: bytes | None) -> bytes:
    if challenge is None:  # never asked, answered already, or too late
        raise Invalid(_WRONG)
    return challenge


def check(
    user_id: int, answer: str, challenge: bytes | None, ours: Party, *, now: datetime
) -> None:
    """Take the signature of one of the person's keys; raises Invalid('passkey-wrong')."""
    from webauthn import base64url_to_bytes, verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        shown = parse_authentication_credential_json(answer)
        key = next((k for k in of_user(user_id) if k.credential == shown.id.rstrip("=")), None)
        if key is None:
            raise Invalid(_WRONG)
        proved = verify_authentication_response(
            credential=shown,
            expected_challenge=_given(challenge),
            expected_rp_id=ours.host,
            expected_origin=ours.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise Invalid(_WRONG) from None
    key.sign_count, key.used_at = proved.new_sign_count, now


def remove(user: User, public_id: str, *, must_keep_one: bool) -> None:
    """Forget a key; the recovery codes go with the last second factor.

    Raises NotFound for anybody else's; Conflict when the role demands a second factor and this is
    the last one.
    """
    found = db.session.scalar(
        select(Passkey).where(Passkey.public_id == public_id, Passkey.user_id == user.id)
    )
    if found is None:
        raise NotFound
    others = db.session.scalar(
        select(func.count()).where(Passkey.user_id == user.id, Passkey.id != found.id)
    )
    last = not others and second_factor.of_user(user.id) is None
    if last and must_keep_one:
        raise Conflict("second-factor-demanded")
    db.session.delete(found)
    if last:
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    audit.record(user.id, "people.passkey.removed", user)
