"""The one sealer: puts entries under seals, each chained to the one before.

Only one transaction at a time seals, by a lock of the database that ends with it. Membership is a
row (``audit_leaf``), so it does not matter in which order concurrent transactions commit.
"""

import logging
import time
from collections.abc import Sequence

from sqlalchemy import event, func, insert, inspect, select
from sqlalchemy.orm import Session, SessionTransaction

from lms.audit import keys, merkle, queries
from lms.audit.models import AuditEntry, AuditLeaf, AuditSeal
from lms.db import db, transaction
from lms.kernel import clock

LIMIT = 1000
LONGEST_TRANSACTION = 600.0
ANEW = 3600.0
_LOCK = 0x51711
_WAITING = "audit_sealed_at_commit"
log = logging.getLogger("lms.audit")


def seal_at_commit(entry: AuditEntry) -> None:
    """Put an entry under a seal when the transaction at work commits."""
    db.session.info.setdefault(_WAITING, []).append(entry)


@event.listens_for(db.session, "before_commit")
def _seal_own(session: Session) -> None:
    # A savepoint commits nothing yet. Flush first: the lock is held from the seal to the commit
    # and nothing that could wait for a row may come between.
    if session.in_nested_transaction() or not session.info.get(_WAITING):
        return
    session.flush()
    entries = session.info.pop(_WAITING)
    # What a savepoint rolled back is not persistent any more.
    ids = [inspect(one).identity[0] for one in entries if inspect(one).persistent]
    if ids:
        _append(session, ids, complete=False, own=True)


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_WAITING, None)


def _append(session: Session, ids: Sequence[int], *, complete: bool, own: bool = False) -> int:
    """One more seal over those of the entries that have none; returns how many it holds.

    ``own`` ones were written in this transaction: no seal holds them, and each must be sealed.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    bare = ids if own else _without_seal(session, ids)
    leaves = _digests(queries.entries_by_id(session, bare), strict=own)
    if not leaves:
        return 0
    query = select(AuditSeal.id, AuditSeal.mac).order_by(AuditSeal.id.desc()).limit(1)
    number, previous = session.execute(query).one_or_none() or (0, merkle.FIRST)
    facts: dict[str, object] = {
        "number": number + 1,
        "at": clock.now(),
        "count": len(leaves),
        "complete": complete,
        "root": merkle.root([digest for _, digest in leaves]),
        "previous": previous,
    }
    stamp = merkle.mac(keys.sealing_key(), facts)
    session.execute(insert(AuditSeal).values(id=facts.pop("number"), mac=stamp, **facts))
    session.execute(
        insert(AuditLeaf),
        [
            {"entry_id": entry_id, "seal_id": number + 1, "position": position, "digest": digest}
            for position, (entry_id, digest) in enumerate(leaves)
        ],
    )
    return len(leaves)


def _without_seal(session: Session, ids: Sequence[int]) -> list[int]:
    held = set(session.scalars(select(AuditLeaf.entry_id).where(AuditLeaf.entry_id.in_(ids))))
    return [one for one in ids if one not in held]


def _digests(entries: dict[int, queries.Entry | None], *, strict: bool) -> list[tuple[int, str]]:
    made = []
    for entry_id, entry in entries.items():
        try:
            made.append((entry_id, merkle.leaf_digest(entry or {"id": object()})))
        except (ValueError, TypeError):
            # Nothing of ours writes such a row. It stays unsealed, and `lms audit verify` names it.
            log.error("audit entry %s cannot be sealed", entry_id)  # noqa: TRY400
            if strict:
                raise
    return made


class Sweep:
    """Seals what is waiting; cheap to run each second with millions of rows.

    Entries up to ``_low`` are done. The mark follows the newest id only after the longest
    transaction: one that took a lower number may still be about to commit. What a still longer one
    leaves behind is found once an hour, when the search begins anew from the first entry.
    """

    def __init__(self) -> None:
        self._low = 0
        self._seen: tuple[float, int] | None = None
        self._anew = 0.0

    def run(self) -> int:
        """Seal everything that can be seen and is not sealed; returns how many entries."""
        now = time.monotonic()
        if now >= self._anew:
            self._low, self._seen, self._anew = 0, None, now + ANEW
        newest = queries.newest_id()
        sealed = 0
        while ids := queries.unsealed(self._low, LIMIT):
            with transaction():
                done = _append(db.session(), ids, complete=len(ids) < LIMIT)
            sealed += done
            if not done or len(ids) < LIMIT:
                break
        self._move(now, newest)
        return sealed

    def _move(self, now: float, newest: int) -> None:
        if self._seen is None:
            self._seen = now, newest
        elif now - self._seen[0] >= LONGEST_TRANSACTION:
            self._low, self._seen = self._seen[1], (now, newest)


def seal_all() -> int:
    """Seal every entry that has no seal; returns how many."""
    return Sweep().run()
