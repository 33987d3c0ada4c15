"""Identity numbers: entered once by the person, found, unmasked for a reason, erased."""

import secrets
from datetime import datetime

from sqlalchemy import delete, select

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.people import rules, sealing
from lms.people.identity_models import IdentityNumber, PersonalKey
from lms.people.models import User
from lms.people.rules import NumberKind

_KEY_PURPOSE = "personal key"
_PURPOSE = "identity number"
_FINDING = "identity number digest"


def of_user(user_id: int) -> IdentityNumber | None:
    """The number a person has entered, sealed."""
    return db.session.scalar(select(IdentityNumber).where(IdentityNumber.user_id == user_id))


def masked(user_id: int) -> str | None:
    """The number of a person as everybody may see it."""
    found = of_user(user_id)
    return rules.masked(NumberKind(found.kind), found.ending) if found is not None else None


def enter(user: User, kind: NumberKind, text: str, *, key: str, now: datetime) -> IdentityNumber:
    """Keep a person's number; raises Invalid when it is none, Conflict when it is there already."""
    plain = rules.plain_number(text)
    fault = rules.number_fault(kind, plain)
    if fault is not None:
        raise Invalid(fields={"number": fault})
    if of_user(user.id) is not None:
        raise Conflict("identity-entered-already")
    own = _own_key(user, key, now)
    number = IdentityNumber(
        user_id=user.id,
        kind=kind.value,
        sealed=sealing.seal(plain.encode(), key=own, purpose=_PURPOSE, owner=user.id),
        digest=_digest(kind, plain, key),
        ending=rules.shown_end(plain),
        created_at=now,
    )
    with unique_or("identity-not-taken"):
        db.session.add(number)
    audit.record(user.id, "people.identity.entered", user, number=kind.value)
    return number


def _own_key(user: User, key: str, now: datetime) -> str:
    found = db.session.scalar(select(PersonalKey).where(PersonalKey.user_id == user.id))
    if found is not None:
        return _opened(found, key)
    own = secrets.token_hex(32)
    sealed = sealing.seal(own.encode(), key=key, purpose=_KEY_PURPOSE, owner=user.id)
    db.session.add(PersonalKey(user_id=user.id, sealed=sealed, created_at=now))
    return own


def _opened(found: PersonalKey, key: str) -> str:
    return sealing.unseal(found.sealed, key=key, purpose=_KEY_PURPOSE, owner=found.user_id).decode()


def _digest(kind: NumberKind, plain: str, key: str) -> str:
    return sealing.keyed_digest(f"{kind.value}:{plain}", key=key, purpose=_FINDING)


def holder_of(kind: NumberKind, text: str, *, key: str) -> int | None:
    """Whose number this is."""
    digest = _digest(kind, rules.plain_number(text), key)
    query = select(IdentityNumber.user_id).where(IdentityNumber.digest == digest)
    return db.session.scalar(query)


def record_found(user: User, *, by: int) -> None:
    """Note that somebody found a person by the number."""
    audit.record(by, "people.identity.found", user)


def unmask(user: User, reason: str, *, by: int, key: str) -> str:
    """The whole number, for a reason that is recorded; raises NotFound where it was erased."""
    number = of_user(user.id)
    own = db.session.scalar(select(PersonalKey).where(PersonalKey.user_id == user.id))
    if number is None or own is None:
        raise NotFound
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    audit.record(by, "people.identity.unmasked", user, sealed=True, reason=reason.strip())
    opened = _opened(own, key)
    return sealing.unseal(number.sealed, key=opened, purpose=_PURPOSE, owner=user.id).decode()


def erase(user: User, reason: str, *, by: int) -> None:
    """Destroy the person's key, and the number with it: no copy of the row can be read any more."""
    if of_user(user.id) is None:
        raise NotFound
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    db.session.execute(delete(PersonalKey).where(PersonalKey.user_id == user.id))
    db.session.execute(delete(IdentityNumber).where(IdentityNumber.user_id == user.id))
    audit.record(by, "people.identity.erased", user, sealed=True, reason=reason.strip())
