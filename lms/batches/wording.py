"""What the states of batches and their places are called, and how pages mark them."""

from flask_babel import lazy_gettext as _l

STATES = {
    "running": _l("Being issued"),
    "paused": _l("Paused"),
    "cancelled": _l("Cancelled"),
    "done": _l("Done"),
}
OUTCOMES = {
    "waiting": _l("Waits for its turn"),
    "issued": _l("Issued"),
    "left_out": _l("Left out"),
    "refused": _l("Not due any more"),
    "cancelled": _l("Cancelled"),
}
TONES = {"issued": "ok", "left_out": "warn", "refused": "bad", "paused": "warn", "done": "ok"}
