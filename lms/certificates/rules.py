"""Pure decisions about certificates: who is due one, and which verdict a check gives."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """The verdicts of a check, in order of precedence."""

    UNKNOWN = "unknown"
    TAMPERED = "tampered"
    CANNOT_CHECK = "cannot_check"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    VALID = "valid"


@dataclass(frozen=True)
class Standing:
    """What is asked of an enrolment for a certificate, and what it has to show.

    Assessments and items by id; ``survey_returned`` is None where none is asked for.
    """

    kind: str
    confirmed: bool
    attendance_enough: bool
    required_assessments: frozenset[int]
    passed_assessments: frozenset[int]
    assessed_items: frozenset[int]
    attained_items: frozenset[int]
    survey_returned: bool | None = None


@dataclass(frozen=True)
class Due:
    """Whether a certificate is due, and message codes of what is missing."""

    ok: bool
    reasons: tuple[str, ...] = ()


def is_due(standing: Standing) -> Due:
    """What the course version asks for; competence asks for attainments besides."""
    reasons = []
    if not standing.confirmed:
        reasons.append("not-confirmed")
    if not standing.attendance_enough:
        reasons.append("attendance-short")
    if standing.required_assessments - standing.passed_assessments:
        reasons.append("results-missing")
    if standing.kind == "competence" and (
        not standing.assessed_items or standing.assessed_items - standing.attained_items
    ):
        reasons.append("competency-missing")
    if standing.survey_returned is False:
        reasons.append("survey-missing")
    return Due(not reasons, tuple(reasons))


def verdict(state: str, valid_from: date, valid_until: date | None, today: date) -> Outcome:
    """The verdict on a certificate known to be genuine; both ends of its validity count."""
    stopped = {
        "revoked": Outcome.REVOKED,
        "superseded": Outcome.SUPERSEDED,
        "suspended": Outcome.SUSPENDED,
    }
    if state in stopped:
        return stopped[state]
    if state != "issued":
        return Outcome.CANNOT_CHECK
    if today < valid_from:
        return Outcome.NOT_YET_VALID
    if valid_until is not None and today > valid_until:
        return Outcome.EXPIRED
    return Outcome.VALID
