"""The second factor: time-based codes (RFC 6238: SHA-1, six digits, 30 seconds) and recovery codes.

SHA-1 because every authenticator app speaks it; as HMAC it is not broken.
"""

import base64
import secrets
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, select, update

from lms.audit import service as audit
from lms.db import db
from lms.kernel import codes
from lms.kernel.errors import Invalid
from lms.people import sealing, sessions
from lms.people.account_models import Passkey, RecoveryCode, SecondFactor
from lms.people.models import User
from lms.people.sealing import Keys

STEP = 30
DIGITS = 6
RECOVERY_CODES = 10
PURPOSE = "second factor"


def new_secret() -> bytes:
    """Twenty random bytes, as long as the hash: RFC 4226, section 4."""
    return secrets.token_bytes(20)


def as_text(secret: bytes) -> str:
    """The secret as apps take it when it is typed: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, *, issuer: str, account: str) -> str:
    """The otpauth address that a QR code carries to an app."""
    text = base64.b32encode(secret).decode().rstrip("=")
    label = f"{quote(issuer)}:{quote(account)}"
    return f"otpauth://totp/{label}?secret={text}&issuer={quote(issuer)}"


def code_at(secret: bytes, moment: datetime) -> str:
    """The code that is shown at a moment."""
    made = TOTP(secret, DIGITS, SHA1(), STEP, enforce_key_length=False)  # noqa: S303  # RFC 6238
    return made.generate(int(moment.timestamp())).decode()


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The time step whose code this is: the present one or one beside it, for clocks that differ.

    None when the code is none of them.
    """
    present = int(now.timestamp()) // STEP
    totp = TOTP(secret, DIGITS, SHA1(), STEP, enforce_key_length=False)  # noqa: S303
    for step in (present, present - 1, present + 1):
        expected = totp.generate(step * STEP).decode()
        if secrets.compare_digest(expected.encode(), code.encode()):
            return step
    return None


def of_user(user_id: int) -> SecondFactor | None:
    """The factor a person has set up."""
    return db.session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id))


def set_up(user: User, secret: bytes, code: str, *, keys: Keys, now: datetime) -> list[str]:
    """Begin to ask this person for codes; returns the recovery codes, which are kept nowhere.

    Raises Invalid when the code does not belong to the secret: then the app has not got it. A
    factor that was there before is replaced. Other sessions end.
    """
    step = step_of(secret, codes.as_meant(code), now)
    if step is None:
        raise Invalid(fields={"code": "second-factor-wrong"})
    factor = of_user(user.id) or SecondFactor(user_id=user.id)
    factor.sealed = sealing.seal(secret, key=keys[0], purpose=PURPOSE, owner=user.id)
    factor.last_step, factor.created_at = step, now
    db.session.add(factor)
    audit.record(user.id, "people.second_factor.set", user)
    return new_recovery_codes(user, now=now)


def new_recovery_codes(user: User, *, now: datetime) -> list[str]:
    """Ten codes in place of all that were there; they are kept nowhere."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    made = [codes.new_recovery_code() for _ in range(RECOVERY_CODES)]
    for code in made:
        digest = sessions.digest_of(f"{user.id} {code}")
        db.session.add(RecoveryCode(user_id=user.id, digest=digest, created_at=now))
    db.session.flush()
    return made


def check(user_id: int, code: str, *, keys: Keys, now: datetime) -> None:
    """Take a code of the app or a recovery code, each once; raises Invalid('second-factor-wrong').

    The last time step is kept, so that a code somebody saw cannot be used a second time.
    """
    factor, plain = of_user(user_id), codes.as_meant(code)
    if factor is not None:
        secret = sealing.unseal(factor.sealed, keys=keys, purpose=PURPOSE, owner=user_id)
        step = step_of(secret, plain, now)
        if step is not None and _use_step(factor, step):
            return
    if not _use_recovery(user_id, plain, now):
        raise Invalid(fields={"code": "second-factor-wrong"})


def _use_step(factor: SecondFactor, step: int) -> bool:
    used = db.session.execute(
        update(SecondFactor)
        .where(SecondFactor.id == factor.id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.id)
        .execution_options(synchronize_session=False)
    )
    return used.one_or_none() is not None


def _use_recovery(user_id: int, code: str, now: datetime) -> bool:
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.digest == sessions.digest_of(f"{user_id} {code}"),
            RecoveryCode.user_id == user_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return used.one_or_none() is not None


def recovery_codes_left(user_id: int) -> int:
    """How many recovery codes have not been used."""
    query = select(RecoveryCode.id).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return len(db.session.scalars(query).all())


def remove(user: User, *, by: int | None) -> None:
    """Ask for the password alone: the person asked, or lost the device and proved it in person."""
    for each in (RecoveryCode, SecondFactor, Passkey):
        db.session.execute(delete(each).where(each.user_id == user.id))
    audit.record(by, "people.second_factor.removed", user)
