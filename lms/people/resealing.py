"""A change of the data key: seal under the present key what lies under an older one.

What is left to do stands in the rows themselves, so a run that was killed is taken up by the next.
Both the old and the new value can be opened all the while, as long as both keys are configured.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import ColumnElement, func, select

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel.errors import Conflict
from lms.people import identity, sealing, second_factor
from lms.people.account_models import SecondFactor
from lms.people.identity_models import IdentityNumber, PersonalKey
from lms.people.rules import NumberKind
from lms.people.sealing import Keys

WORK = "people.reseal"
BATCH = 500
WITHOUT_ID = "without"

Sealed = SecondFactor | PersonalKey
KINDS: dict[type[Sealed], str] = {
    SecondFactor: second_factor.PURPOSE,
    PersonalKey: identity.KEY_PURPOSE,
}


@dataclass(frozen=True)
class Step:
    """A batch: the last id that was looked at, how many are sealed anew, how many could not be."""

    last: int
    resealed: int
    stuck: int


@dataclass
class Standing:
    """Sealed values by the key that opens them, and how many none of them opens."""

    by_key: Counter[str] = field(default_factory=Counter)
    unopened: int = 0


def waiting(keys: Keys) -> int:
    """How many values do not lie under the present key."""
    total = 0
    for model in KINDS:
        query = select(func.count(model.id)).where(_older(model, keys))
        total += db.session.scalar(query) or 0
    return total


def left(keys: Keys) -> dict[str, int]:
    """How many values do not lie under the present key, by the id of theirs."""
    found: Counter[str] = Counter()
    for model in KINDS:
        named = func.substr(model.sealed, 1, len(sealing.prefix(keys[0])))
        query = select(named, func.count(model.id)).where(_older(model, keys)).group_by(named)
        for start, count in db.session.execute(query):
            version, _, rest = start.partition(".")
            found[rest.rstrip(".") if version == "2" else WITHOUT_ID] += count
    return dict(found)


def _older(model: type[Sealed], keys: Keys) -> ColumnElement[bool]:
    return model.sealed.not_like(f"{sealing.prefix(keys[0])}%")


def batch(model: type[Sealed], keys: Keys, *, after: int) -> Step | None:
    """Seal the next values anew, in the caller's transaction; None when there are no more.

    ``after`` is the last id of the step before, so that what cannot be opened stops nobody.
    """
    query = select(model).where(model.id > after, _older(model, keys)).order_by(model.id)
    found = db.session.scalars(query.limit(BATCH).with_for_update()).all()
    rows = cast("Sequence[Sealed]", found)  # mypy sees what both have in common, a Model
    if not rows:
        return None
    numbers = _numbers(rows)
    resealed = sum(_reseal(row, numbers.get(row.user_id), keys) for row in rows)
    audit.record(
        None,
        "people.secrets.resealed",
        model(),
        key=sealing.key_id(keys[0]),
        count=resealed,
        stuck=len(rows) - resealed,
    )
    return Step(rows[-1].id, resealed, len(rows) - resealed)


def _numbers(rows: Sequence[Sealed]) -> dict[int, IdentityNumber]:
    owners = [row.user_id for row in rows if isinstance(row, PersonalKey)]
    query = select(IdentityNumber).where(IdentityNumber.user_id.in_(owners))
    return {number.user_id: number for number in db.session.scalars(query)}


def _reseal(row: Sealed, number: IdentityNumber | None, keys: Keys) -> bool:
    purpose, owner = KINDS[type(row)], row.user_id
    try:
        secret = sealing.unseal(row.sealed, keys=keys, purpose=purpose, owner=owner)
        if number is not None:
            _find_by(number, secret.decode(), keys[0])
    except (sealing.CannotOpen, Conflict):
        return False
    row.sealed = sealing.seal(secret, key=keys[0], purpose=purpose, owner=owner)
    return True


def _find_by(number: IdentityNumber, own: str, key: str) -> None:
    # The number itself lies under the person's own key; only what it is found by is made anew.
    plain = identity.plain_of(number, own)
    with unique_or("identity-not-taken"):
        number.digest = identity.digest_of(NumberKind(number.kind), plain, key)


def standing(keys: Keys) -> Standing:
    """Open every sealed value, to know that it can be done; some seconds for 20,000."""
    found = Standing()
    for model, purpose in KINDS.items():
        for owner, sealed in _all(model):
            try:
                _, key = sealing.opened(sealed, keys=keys, purpose=purpose, owner=owner)
            except sealing.CannotOpen:
                found.unopened += 1
            else:
                found.by_key[sealing.key_id(key)] += 1
    return found


def _all(model: type[Sealed]) -> Iterator[tuple[int, str]]:
    last = 0
    while True:
        query = select(model.id, model.user_id, model.sealed).where(model.id > last)
        rows = db.session.execute(query.order_by(model.id).limit(BATCH)).all()
        if not rows:
            return
        for row in rows:
            yield row.user_id, row.sealed
        last = rows[-1].id
