"""Pure decisions about withdrawals."""

from lms.certificates.states import Deed, State, allows

_FINAL = frozenset({Deed.REVOKE, Deed.SUPERSEDE})


def open_deeds(state: State, *, revocation_waits: bool) -> set[Deed]:
    """What can be begun: nothing is revoked again or corrected while a revocation waits."""
    deeds = {deed for deed in Deed if allows(deed, state)}
    return deeds - _FINAL if revocation_waits else deeds
