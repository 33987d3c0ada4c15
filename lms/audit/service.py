"""One verb: record a deed in the transaction in which it is done."""

from lms.audit import sealing
from lms.audit.models import AuditEntry
from lms.db import Model, db
from lms.web import running, visitor


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
    entry = AuditEntry(
        actor_id=actor_id,
        action=action,
        object_type=str(subject.__tablename__),
        object_id=getattr(subject, "id", None),
        request_id=running.request_id(),
        address=visitor.neighbourhood(),
        details=details,
    )
    db.session.add(entry)
    if sealed:
        sealing.seal_at_commit(entry)
