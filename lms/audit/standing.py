"""How far the seals are behind the trail, for those who watch the server."""

from datetime import timedelta

from sqlalchemy import func, select

from lms.audit import queries
from lms.audit.models import AuditEntry
from lms.db import db
from lms.kernel import clock
from lms.web import health, metrics

LATE = timedelta(minutes=1)
# Looking through millions of sealed entries for one without a seal is what `verify` is for.
LATEST = 10_000


def lag() -> timedelta:
    """Age of the oldest entry without a seal, among the latest; zero when each has one."""
    waiting = queries.without_leaf(max(0, queries.newest_id() - LATEST))
    oldest = db.session.scalar(select(func.min(AuditEntry.at)).where(waiting))
    return max(timedelta(0), clock.now() - oldest) if oldest is not None else timedelta(0)


@metrics.gauge("sijil_seal_lag_seconds", "Age of the oldest audit entry without a seal")
def lag_seconds() -> float | None:
    """The lag in seconds."""
    return lag().total_seconds()


@health.check("seals")
def behind() -> str | None:
    """Whether the sealer keeps up."""
    return "Audit entries wait for their seal." if lag() > LATE else None
