"""The one state machine of issued certificates: which deed leads from where to where. Pure."""

from enum import StrEnum

from lms.kernel.errors import Conflict


class State(StrEnum):
    """Where a certificate stands; whether its days have come or passed is another question."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Deed(StrEnum):
    """What is done to a certificate after issue; the value is how it is recorded."""

    SUSPEND = "suspended"
    REINSTATE = "reinstated"
    REVOKE = "revoked"
    SUPERSEDE = "superseded"


IN_USE = frozenset({State.ISSUED, State.SUSPENDED})
"""Not withdrawn for good."""
WITHDRAWN = frozenset(State) - IN_USE
"""For good: these are set in the public status list."""

TABLE: dict[Deed, tuple[frozenset[State], State]] = {
    Deed.SUSPEND: (frozenset({State.ISSUED}), State.SUSPENDED),
    Deed.REINSTATE: (frozenset({State.SUSPENDED}), State.ISSUED),
    Deed.REVOKE: (IN_USE, State.REVOKED),
    Deed.SUPERSEDE: (frozenset({State.ISSUED}), State.SUPERSEDED),
}
"""For each deed: from where, and where to."""

ENTERED = "issued"
"""How the public log names that a certificate was issued."""
RESIGNED = "resigned"
"""How it names that the same certificate was signed anew, under the digest it has since.

Where the certificate stood otherwise than issued, an entry that says so follows at once.
"""
ENTRIES = (ENTERED, RESIGNED)
"""What a digest begins with in the public log."""
LOGGED = {
    ENTERED: State.ISSUED,
    RESIGNED: State.ISSUED,
    **{deed.value: end for deed, (_, end) in TABLE.items()},
}
"""The state that the last entry of the public log leaves a certificate in."""


def after(deed: Deed, before: State) -> State:
    """Where a deed leads; raises Conflict when it is not for a certificate in this state."""
    origins, end = TABLE[deed]
    if before not in origins:
        raise Conflict("certificate-not-in-state")
    return end


def allows(deed: Deed, before: State) -> bool:
    """Whether a deed is for a certificate in this state: for pages that offer it."""
    return before in TABLE[deed][0]
