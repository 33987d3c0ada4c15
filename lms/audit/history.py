"""The "History" block on the pages of objects: what happened to them, newest first."""

from collections.abc import Sequence

from flask import render_template

from lms.audit import queries, reading
from lms.kernel.permissions import Permission, allowed
from lms.web.auth_guard import current_actor
from lms.web.filters import joined

MOST = 50


def block(subjects: Sequence[tuple[str, int]], *, manages: bool, zone: str) -> str:
    """The history of objects (table name, id) for those who manage them or read the trail."""
    reads = allowed(current_actor(), Permission.AUDIT_ENTRY_READ)
    if not (manages or reads):
        return ""
    found = queries.about(subjects, MOST + 1)
    made = render_template(
        "audit/_history.html",
        lines=reading.lines(found[:MOST]),
        more=len(found) > MOST,
        reads=reads,
        zone=zone,
    )
    return joined([made])
