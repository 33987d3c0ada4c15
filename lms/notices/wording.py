"""Why mails were written, and what became of them, in words."""

from flask_babel import lazy_gettext as _l

COPIED_LABELS = {
    "line_manager": _l("The line manager"),
    "agency": _l("Coordinators of the agency"),
}
CAUSES = {
    "enrolled": _l("Enrolled by a course manager"),
    "admitted": _l("Let in by a course manager"),
    "applied": _l("Applied for a place"),
    "nominated": _l("Nominated by the agency"),
    "accepted": _l("Accepted the nomination"),
    "approved": _l("Application approved"),
    "rejected": _l("Application not approved"),
    "promoted": _l("A seat became free"),
    "offered": _l("A seat is offered"),
    "lapsed": _l("The offer ran out"),
    "cancelled": _l("The offering was cancelled"),
    "transferred": _l("Moved to another offering"),
    "substituted": _l("Seat given to a colleague"),
    "withdrawn": _l("Place ended by others"),
    "moved": _l("New days or venue"),
    "choice_moved": _l("A chosen session is at another time"),
    "choice_removed": _l("A chosen session was taken out"),
    "asked": _l("A decision is needed"),
    "overdue": _l("A decision is overdue"),
    "reminder": _l("The course begins soon"),
}
"""By ``cause`` of a mail about a place: the deed, or what the clock or the offering did."""
