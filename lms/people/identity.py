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
from lms.people.sealing import Keys

KEY_PURPOSE = "personal key"
_PURPOSE = "identity number"
_FINDING = "identity number digest"


def of_user(user_id: int) -> IdentityNumber | None:
    """The number a person has entered, sealed."""
    return db.session.scalar(select(IdentityNumber).where(IdentityNumber.user_id == user_id))


def masked(user_id: int) -> str | None:
    """The number of a person as everybody may see it."""
    found = of_user(user_id)
    return rules.masked(NumberKind(found.kind), found.ending) if found is not None else None


def enter(user: User, kind: NumberKind, text: str, *, keys: Keys, now: datetime) -> IdentityNumber:
    """Keep a person's number; raises Invalid when it is none, Conflict when it is there already."""
    plain = rules.plain_number(text)
    fault = rules.number_fault(kind, plain)
    if fault is not None:
        raise Invalid(fields={"number": fault})
    if of_user(user.id) is not None:
        raise Conflict("identity-entered-already")
    if holder_of(kind, plain, keys=keys) is not None:
        raise Conflict("identity-not-taken")
    own = _own_key(user, keys, now)
    number = IdentityNumber(
        user_id=user.id,
        kind=kind.value,
        sealed=sealing.seal(plain.encode(), key=own, purpose=_PURPOSE, owner=user.id),
        digest=digest_of(kind, plain, keys[0]),
        ending=rules.shown_end(plain),
        created_at=now,
    )
    with unique_or("identity-not-taken"):
        db.session.add(number)
    audit.record(user.id, "people.identity.entered", user, number=kind.value)
    return number


def _own_key(user: User, keys: Keys, now: datetime) -> str:
    found = db.session.scalar(select(PersonalKey).where(PersonalKey.user_id == user.id))
    if found is None:
        found = PersonalKey(user_id=user.id, created_at=now)
        own = secrets.token_hex(32)
    else:
        own = opened(found, keys)
    # Under the present key in any case: the digest beside it is made with that one too.
    found.sealed = sealing.seal(own.encode(), key=keys[0], purpose=KEY_PURPOSE, owner=user.id)
    db.session.add(found)
    return own


def opened(found: PersonalKey, keys: Keys) -> str:
    """A person's key; raises CannotOpen."""
    owner = found.user_id
    return sealing.unseal(found.sealed, keys=keys, purpose=KEY_PURPOSE, owner=owner).decode()


def plain_of(number: IdentityNumber, own: str) -> str:
    """The whole number, with the person's key; raises CannotOpen."""
    owner = number.user_id
    return sealing.unseal(number.sealed, keys=(own,), purpose=_PURPOSE, owner=owner).decode()


def digest_of(kind: NumberKind, plain: str, key: str) -> str:
    """By what a number is found."""
    return sealing.keyed_digest(f"{kind.value}:{plain}", key=key, purpose=_FINDING)


def holder_of(kind: NumberKind, text: str, *, keys: Keys) -> int | None:
    """Whose number this is, whichever of the keys its digest was made with."""
    plain = rules.plain_number(text)
    digests = [digest_of(kind, plain, key) for key in keys]
    query = select(IdentityNumber.user_id).where(IdentityNumber.digest.in_(digests))
    return db.session.scalar(query)


def record_found(user: User, *, by: int) -> None:
    """Note that somebody found a person by the number."""
    audit.record(by, "people.identity.found", user)


def unmask(user: User, reason: str, *, by: int, keys: Keys) -> str:
    """The whole number, for a reason that is recorded; raises NotFound where it was erased."""
    number = of_user(user.id)
    own = db.session.scalar(select(PersonalKey).where(PersonalKey.user_id == user.id))
    if number is None or own is None:
        raise NotFound
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    audit.record(by, "people.identity.unmasked", user, sealed=True, reason=reason.strip())
    return plain_of(number, opened(own, keys))


def erase(user: User, reason: str, *, by: int) -> None:
    """Destroy the person's key, and the number with it: no copy of the row can be read any more."""
    if of_user(user.id) is None:
        raise NotFound
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    db.session.execute(delete(PersonalKey).where(PersonalKey.user_id == user.id))
    db.session.execute(delete(IdentityNumber).where(IdentityNumber.user_id == user.id))
    audit.record(by, "people.identity.erased", user, sealed=True, reason=reason.strip())
