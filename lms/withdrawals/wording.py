"""What withdrawals are called, and how pages mark where they stand."""

from flask_babel import lazy_gettext as _l

from lms.withdrawals.models import Kind, State, Withdrawal

KINDS = {
    "revocation": _l("Revocation"),
    "suspension": _l("Suspension"),
    "correction": _l("Correction of the name"),
}
_STATES = {
    "waiting": _l("Waits for a second person"),
    "done": _l("Done"),
    "holds": _l("In force"),
    "refused": _l("Refused"),
    "taken_back": _l("Taken back"),
    "lifted": _l("Lifted"),
}
TONES = {"waiting": "warn", "refused": "bad"}


def stands(one: Withdrawal) -> object:
    """Where a withdrawal stands, in words; a suspension that is done holds until it is lifted."""
    in_force = one.kind == Kind.SUSPENSION and one.state == State.DONE
    return _STATES["holds" if in_force else one.state]
