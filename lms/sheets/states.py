"""The one state machine of sheets and the outcomes of their rows. Pure; see the README."""

from enum import StrEnum

from lms.kernel.errors import Conflict


class Way(StrEnum):
    """Who uploads, and what a row without a status asks for."""

    ENROL = "enrol"
    NOMINATE = "nominate"


class State(StrEnum):
    """Where a sheet stands."""

    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    RESTORING = "restoring"
    RESTORED = "restored"
    DROPPED = "dropped"


AT_WORK = frozenset({State.CHECKING, State.RUNNING, State.RESTORING})
"""A job is at it, row by row."""

_MOVES = {
    State.CHECKING: {State.CHECKED},
    State.CHECKED: {State.RUNNING, State.CHECKING, State.DROPPED},
    State.RUNNING: {State.DONE},
    State.DONE: {State.RESTORING},
    State.RESTORING: {State.RESTORED},
}
AFTER = {
    State.CHECKING: State.CHECKED,
    State.RUNNING: State.DONE,
    State.RESTORING: State.RESTORED,
}
"""What comes when the last row is done."""


def check(before: State, after: State) -> None:
    """Raise Conflict unless the one may follow the other."""
    if after not in _MOVES.get(before, set()):
        raise Conflict("sheet-moved-on")


class Planned(StrEnum):
    """What the check says will be done with a row."""

    ENROL = "will-enrol"
    NOMINATE = "will-nominate"
    WITHDRAW = "will-withdraw"
    WRITE = "will-write"


class Done(StrEnum):
    """What was done with a row."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    NOMINATED = "nominated"
    WITHDRAWN = "withdrawn"
    WRITTEN = "written-to"
    ALREADY = "already-so"
    RESTORED = "restored"
    LEFT = "left-as-it-is"
    UNTOUCHED = "nothing-to-restore"
