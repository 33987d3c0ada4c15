"""Pure decisions about withdrawals."""

from lms.certificates.states import Deed, State, allows

_FINAL = frozenset({Deed.REVOKE, Deed.SUPERSEDE})


def open_deeds(state: State, *, revocation_waits: bool, held: bool = False) -> set[Deed]:
    """What can be begun: nothing is revoked again or corrected while a revocation waits.

    What is held neither counts again nor is issued anew until it is released.
    """
    deeds = {deed for deed in Deed if allows(deed, state)}
    if held:
        deeds -= {Deed.REINSTATE, Deed.SUPERSEDE}
    return deeds - _FINAL if revocation_waits else deeds
