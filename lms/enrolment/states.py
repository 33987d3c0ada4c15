"""The one state machine of places: which deed leads from where to where. Pure; see the README."""

from enum import StrEnum

from lms.kernel.errors import Conflict


class State(StrEnum):
    """Where a place stands."""

    NOMINATED = "nominated"
    APPLIED = "applied"
    WAITING = "waiting"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    NO_SHOW = "no_show"
    DECLINED = "declined"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"
    SUBSTITUTED = "substituted"


class Deed(StrEnum):
    """What somebody does to a place; the value is the past tense under which it is recorded."""

    ENROL = "enrolled"
    ADMIT = "admitted"
    APPLY = "applied"
    NOMINATE = "nominated"
    ACCEPT = "accepted"
    DECLINE = "declined"
    APPROVE = "approved"
    REJECT = "rejected"
    PROMOTE = "promoted"
    OFFER = "offered"
    TAKE_OFFER = "offer_taken"
    LAPSE = "lapsed"
    WITHDRAW = "withdrawn"
    CANCEL = "cancelled"
    MISS = "no_show"
    TRANSFER = "transferred"
    SUBSTITUTE = "substituted"


ENDED = frozenset(
    {
        State.DECLINED,
        State.REJECTED,
        State.LAPSED,
        State.WITHDRAWN,
        State.CANCELLED,
        State.TRANSFERRED,
        State.SUBSTITUTED,
    }
)
"""From here nothing leads on; the person may ask for a place again."""

SEATED = frozenset({State.OFFERED, State.CONFIRMED, State.NO_SHOW})
"""A seat is kept for these."""

_QUEUED = frozenset({State.WAITING, State.CONFIRMED})
_ASKING = frozenset({State.NOMINATED, State.APPLIED, State.WAITING})
_HOLDING = _ASKING | {State.OFFERED, State.CONFIRMED}

TABLE: dict[Deed, tuple[frozenset[State] | None, frozenset[State]]] = {
    Deed.ENROL: (None, _QUEUED),
    Deed.ADMIT: (None, _QUEUED),
    Deed.APPLY: (None, frozenset({State.APPLIED})),
    Deed.NOMINATE: (None, frozenset({State.NOMINATED})),
    Deed.ACCEPT: (frozenset({State.NOMINATED}), _QUEUED | {State.APPLIED}),
    Deed.DECLINE: (frozenset({State.NOMINATED, State.OFFERED}), frozenset({State.DECLINED})),
    Deed.APPROVE: (frozenset({State.APPLIED}), _QUEUED | {State.APPLIED}),
    Deed.REJECT: (frozenset({State.APPLIED}), frozenset({State.REJECTED})),
    Deed.PROMOTE: (frozenset({State.WAITING}), frozenset({State.CONFIRMED})),
    Deed.OFFER: (frozenset({State.WAITING}), frozenset({State.OFFERED})),
    Deed.TAKE_OFFER: (frozenset({State.OFFERED}), frozenset({State.CONFIRMED})),
    Deed.LAPSE: (frozenset({State.OFFERED}), frozenset({State.LAPSED})),
    Deed.WITHDRAW: (_HOLDING, frozenset({State.WITHDRAWN})),
    Deed.CANCEL: (_HOLDING, frozenset({State.CANCELLED})),
    Deed.MISS: (frozenset({State.CONFIRMED}), frozenset({State.NO_SHOW})),
    Deed.TRANSFER: (_HOLDING, frozenset({State.TRANSFERRED})),
    Deed.SUBSTITUTE: (frozenset({State.CONFIRMED}), frozenset({State.SUBSTITUTED})),
}
"""For each deed: from where (None: from nothing), and where it may lead."""


def check(deed: Deed, before: State | None, after: State) -> None:
    """Raise Conflict when a deed is not for a place in this state; a wrong end is our mistake."""
    origins, ends = TABLE[deed]
    if (before is None) != (origins is None) or (origins and before not in origins):
        raise Conflict(_refusal(before))
    if after not in ends:
        raise ValueError(f"{deed} does not lead to {after}")


def allows(deed: Deed, before: State) -> bool:
    """Whether a deed is for a place in this state: for pages that offer it."""
    origins, _ = TABLE[deed]
    return origins is not None and before in origins


def _refusal(before: State | None) -> str:
    if before == State.WITHDRAWN:
        return "withdrawn-already"
    return "place-has-ended" if before in ENDED else "place-not-in-state"
