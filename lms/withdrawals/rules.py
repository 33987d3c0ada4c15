"""Pure decisions about withdrawals."""

from lms.certificates.states import Deed, State, allows

_FINAL = frozenset({Deed.REVOKE, Deed.SUPERSEDE})


def open_deeds(
    state: State, *, revocation_waits: bool, barred: frozenset[Deed] = frozenset()
) -> set[Deed]:
    """What can be begun: nothing is revoked again or corrected while a revocation waits.

    ``barred`` is what must not be, for as long as the certificate is held back.
    """
    deeds = {deed for deed in Deed if allows(deed, state)} - barred
    return deeds - _FINAL if revocation_waits else deeds
