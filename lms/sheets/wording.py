"""How sheets and what became of their rows are spoken of."""

from flask_babel import lazy_gettext as _l

from lms.sheets.models import SheetRow
from lms.sheets.states import Done, Planned, State, Way
from lms.web.messages import sentence

WAYS = {Way.ENROL.value: _l("Enrol by sheet"), Way.NOMINATE.value: _l("Nominate by sheet")}
STATES = {
    State.CHECKING.value: _l("Being checked"),
    State.CHECKED.value: _l("Checked"),
    State.RUNNING.value: _l("At work"),
    State.DONE.value: _l("Done"),
    State.RESTORING.value: _l("Being taken back"),
    State.RESTORED.value: _l("Taken back"),
    State.DROPPED.value: _l("Given up"),
}
STATE_TONES = {
    State.CHECKED.value: "warn",
    State.DONE.value: "ok",
    State.CHECKING.value: "info",
    State.RUNNING.value: "info",
    State.RESTORING.value: "info",
}
SEATS = {"in_person": _l("At the venue"), "online": _l("Online")}
OUTCOMES = {
    Planned.ENROL.value: _l("Will be enrolled"),
    Planned.NOMINATE.value: _l("Will be nominated"),
    Planned.WITHDRAW.value: _l("Will be withdrawn"),
    Planned.WRITE.value: _l("Will be written to"),
    Done.WRITTEN.value: _l("Written to: the place is taken by the link in the mail"),
    Done.CONFIRMED.value: _l("Has a seat"),
    Done.WAITING.value: _l("On the waiting list"),
    Done.NOMINATED.value: _l("Nominated"),
    Done.WITHDRAWN.value: _l("Withdrawn"),
    Done.ALREADY.value: _l("Was so already"),
    Done.RESTORED.value: _l("Taken back"),
    Done.LEFT.value: _l("Left: it was changed since"),
    Done.UNTOUCHED.value: _l("Nothing to take back"),
}
_GOOD = frozenset(
    {
        *(each.value for each in Planned),
        "confirmed",
        "waiting",
        "nominated",
        "withdrawn",
        "written-to",
        "restored",
    }
)


def is_fault(outcome: str) -> bool:
    """Whether an outcome is an error code."""
    return bool(outcome) and outcome not in OUTCOMES


def tone(outcome: str) -> str:
    """The colour of an outcome."""
    if is_fault(outcome):
        return "bad"
    return "ok" if outcome in _GOOD else ""


def summary(outcome: str) -> str:
    """An outcome in few words, for all rows that came to it."""
    if outcome in OUTCOMES:
        return str(OUTCOMES[outcome])
    return str(FAULTS.get(outcome) or sentence(outcome))


def of_row(row: SheetRow) -> str:
    """What became of a row, in a sentence; nothing while it was not looked at."""
    if not row.outcome:
        return ""
    if row.outcome in OUTCOMES:
        return str(OUTCOMES[row.outcome])
    return sentence(row.outcome, **row.words)


FAULTS = {
    "row-wrong-count": _l("Wrong number of cells"),
    "row-offering-missing": _l("No offering given"),
    "row-person-missing": _l("No person given"),
    "row-bad-status": _l("Unknown status"),
    "row-bad-seat": _l("Unknown kind of seat"),
    "row-unknown-offering": _l("Unknown offering"),
    "row-unknown-person": _l("Unknown person"),
    "row-several-people": _l("Several people of this name"),
    "row-twice": _l("Stands there twice"),
}
"""Short names of the codes whose sentences speak of one row."""
