"""One verb: record a deed in the transaction in which it is done."""

from lms.audit.models import AuditEntry
from lms.db import Model, db
from lms.web import running


def record(actor_id: int | None, action: str, subject: Model, **details: object) -> None:
    """Add an audit row about a flushed object; ``details`` are small JSON values, no secrets."""
    db.session.add(
        AuditEntry(
            actor_id=actor_id,
            action=action,
            object_type=str(subject.__tablename__),
            object_id=getattr(subject, "id", None),
            request_id=running.request_id(),
            details=details,
        )
    )
