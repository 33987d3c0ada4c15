"""How places are spoken of."""

from flask_babel import lazy_gettext as _l

STATE_LABELS = {
    "nominated": _l("Nominated"),
    "applied": _l("Applied"),
    "waiting": _l("Waiting list"),
    "offered": _l("Seat offered"),
    "confirmed": _l("Confirmed"),
    "no_show": _l("Did not come"),
    "declined": _l("Declined"),
    "rejected": _l("Not approved"),
    "lapsed": _l("Offer ran out"),
    "withdrawn": _l("Withdrawn"),
    "cancelled": _l("Cancelled"),
    "transferred": _l("Moved to another offering"),
    "substituted": _l("Seat given to a colleague"),
}
STATE_TONES = {
    "confirmed": "ok",
    "waiting": "warn",
    "offered": "warn",
    "nominated": "warn",
    "applied": "info",
}
PRESENCE_LABELS = {
    "present": _l("Present"),
    "late": _l("Late"),
    "part": _l("In part"),
    "absent": _l("Absent"),
    "excused": _l("Excused"),
}
PROMISE_LABELS = {
    "open": _l("Not taken yet"),
    "taken": _l("Taken"),
    "withdrawn": _l("Taken back"),
    "void": _l("Not honoured"),
}
PROMISE_TONES = {"open": "info", "taken": "ok", "void": "bad"}
