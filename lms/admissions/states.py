"""The one state machine of applications: which deed leads from where to where. Pure."""

from enum import StrEnum

from lms.kernel.errors import Conflict


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SENT = "sent"
    RETURNED = "returned"
    INTERVIEW = "interview"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Deed(StrEnum):
    """What somebody does to an application; the value is how it is recorded."""

    BEGIN = "begun"
    SEND = "sent"
    RETURN = "returned"
    INVITE = "invited"
    OFFER = "offered"
    REFUSE = "refused"
    ACCEPT = "accepted"
    DECLINE = "declined"
    LAPSE = "lapsed"
    WITHDRAW = "withdrawn"


WRITTEN = frozenset({State.DRAFT, State.RETURNED})
"""The applicant writes on it."""
BEFORE_COMMITTEE = frozenset({State.SENT, State.INTERVIEW})
"""The committee recommends, and it is decided."""
HOLDING = frozenset({State.OFFERED, State.ACCEPTED})
"""A place of the intake is kept for these."""
READ = frozenset(State) - {State.DRAFT}
"""What the committee reads: a draft is its writer's alone."""

TABLE: dict[Deed, tuple[frozenset[State], State]] = {
    Deed.BEGIN: (frozenset({State.WITHDRAWN}), State.DRAFT),
    Deed.SEND: (WRITTEN, State.SENT),
    Deed.RETURN: (frozenset({State.SENT}), State.RETURNED),
    Deed.INVITE: (frozenset({State.SENT}), State.INTERVIEW),
    Deed.OFFER: (BEFORE_COMMITTEE, State.OFFERED),
    Deed.REFUSE: (BEFORE_COMMITTEE, State.REFUSED),
    Deed.ACCEPT: (frozenset({State.OFFERED}), State.ACCEPTED),
    Deed.DECLINE: (frozenset({State.OFFERED}), State.DECLINED),
    Deed.LAPSE: (frozenset({State.OFFERED}), State.LAPSED),
    Deed.WITHDRAW: (WRITTEN | BEFORE_COMMITTEE | HOLDING, State.WITHDRAWN),
}
"""For each deed: from where, and where to; ``BEGIN`` also leads from nothing."""


def after(deed: Deed, before: State) -> State:
    """Where a deed leads; raises Conflict when it is not for an application in this state."""
    origins, end = TABLE[deed]
    if before not in origins:
        raise Conflict("application-not-in-state")
    return end


def allows(deed: Deed, before: State) -> bool:
    """Whether a deed is for an application in this state: for pages that offer it."""
    return before in TABLE[deed][0]
