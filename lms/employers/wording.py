"""How runs, rows and verdicts are spoken of."""

from flask_babel import lazy_gettext as _l

STATES = {
    "ready": _l("Waits for you"),
    "running": _l("Being checked"),
    "done": _l("Done"),
}
STATE_TONES = {"ready": "warn", "running": "info", "done": "ok"}
VERDICTS = {
    "valid": _l("Valid"),
    "expired": _l("Expired"),
    "not_yet_valid": _l("Not valid yet"),
    "suspended": _l("Suspended"),
    "superseded": _l("Replaced"),
    "revoked": _l("Revoked"),
    "unknown": _l("Not known"),
    "cannot_check": _l("Cannot be checked now"),
    "tampered": _l("Changed"),
    "blank": _l("No code given"),
}
"""In the order in which a page counts them."""
TONES = {"valid": "ok", "revoked": "bad", "unknown": "bad", "tampered": "bad", "blank": ""}
FLAWS = {
    "blank": _l("No code given"),
    "duplicate": _l("Stands there twice"),
    "malformed": _l("Typing error in the code"),
}
NAMES = {True: _l("The name matches"), False: _l("Another name")}


def tone(outcome: str) -> str:
    """The colour of a verdict."""
    return TONES.get(outcome, "warn")
