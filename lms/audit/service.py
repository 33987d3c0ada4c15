"""One verb: record a deed in the transaction in which it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert

from lms.audit import sealing
from lms.audit.models import AuditEntry
from lms.db import Model, db
from lms.kernel import clock
from lms.web import running, visitor
from lms.writing import Writing, row_of

_ADD = Writing(lambda: row_of(AuditEntry))
_TOGETHER = "audit rows to write together"


def record(
    actor_id: int | None,
    action: str,
    subject: Model,
    *,
    sealed: bool = False,
    **details: object,
) -> None:
    """Add an audit row about a flushed object; ``details`` are small JSON values, no secrets.

    ``changes={"field": [old, new]}`` names what changed. ``sealed`` puts the row under a seal in
    the same transaction; any other row is sealed by the worker about a second later.
    """
    row: dict[str, Any] = {
        "at": clock.now(),
        "actor_id": actor_id,
        "action": action,
        "object_type": str(subject.__tablename__),
        "object_id": getattr(subject, "id", None),
        "request_id": running.request_id(),
        "address": visitor.neighbourhood(),
        "details": details,
    }
    if sealed:
        entry = AuditEntry(**row)
        db.session.add(entry)
        sealing.seal_at_commit(entry)
    elif (waiting := db.session().info.get(_TOGETHER)) is not None:
        waiting.append(row)
    else:
        _ADD.send(**row)


@contextmanager
def together() -> Iterator[None]:
    """Write what is recorded within, unless sealed, by one statement at the end: for many rows.

    Nothing is written when the block raises.
    """
    rows: list[dict[str, Any]] = []
    kept = db.session().info
    kept[_TOGETHER] = rows
    try:
        yield
    finally:
        del kept[_TOGETHER]
    if rows:
        db.session.execute(insert(AuditEntry), rows)
