"""Tries in vain, counted where they can be guessed from: delays that grow, and no lock."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, delete, select, update

from lms.db import db, insert_into
from lms.kernel.errors import TooMany
from lms.people.account_models import Tries
from lms.people.rules import PATIENCE, TriedOn, seconds_to_wait

Targets = Mapping[TriedOn, str]
"""What is tried on, by kind: an account's address, a network, a browser's mark."""


def count(targets: Targets, *, now: datetime) -> None:
    """Count a try before it is looked at; raises TooMany with the seconds to wait.

    Counted first, so that a thousand tries sent at once are a thousand tries. A refused one is
    not counted: waiting leads to the end of the wait.
    """
    keys = {_key(kind, what): kind for kind, what in sorted(targets.items())}
    rows = db.session.execute(
        select(Tries.key, Tries.failures, Tries.last_at).where(Tries.key.in_(keys))
    )
    waits = [seconds_to_wait(keys[key], count, last_at, now) for key, count, last_at in rows]
    if any(waits):
        raise TooMany("too-many-tries", seconds=max(waits))
    for key in sorted(keys):
        _add_one(key, keys[key], now)


def _add_one(key: str, kind: TriedOn, now: datetime) -> None:
    forgotten = Tries.last_at <= now - PATIENCE[kind].memory
    db.session.execute(
        insert_into(Tries)
        .values(key=key, failures=1, last_at=now)
        .on_conflict_do_update(
            index_elements=[Tries.key],
            set_={"failures": case((forgotten, 1), else_=Tries.failures + 1), "last_at": now},
        )
    )


def forgive(targets: Targets) -> None:
    """The try was right: forget those on the account; the network only gets its own try back."""
    own = [_key(kind, what) for kind, what in targets.items() if kind is not TriedOn.NETWORK]
    db.session.execute(delete(Tries).where(Tries.key.in_(own)))
    if TriedOn.NETWORK in targets:
        key = _key(TriedOn.NETWORK, targets[TriedOn.NETWORK])
        db.session.execute(
            update(Tries)
            .where(Tries.key == key, Tries.failures > 0)
            .values(failures=Tries.failures - 1)
        )


def forget_old(*, now: datetime) -> None:
    """Remove what no longer delays anybody."""
    longest = max(patience.memory for patience in PATIENCE.values())
    db.session.execute(delete(Tries).where(Tries.last_at < now - longest))


def _key(kind: TriedOn, what: str) -> str:
    return hashlib.sha256(f"{kind}\x00{what}".encode()).hexdigest()
