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

    @property
    def exit_status(self) -> int:
        """What ``lms verify`` ends with: 1 for what is genuine and does not count now."""
        return {"valid": 0, "unknown": 3, "tampered": 4, "cannot_check": 5}.get(self.value, 1)


class File(StrEnum):
    """What a checker brought along."""

    NOT_GIVEN = "not_given"
    ISSUED = "issued"  # the very file that was filed
    GENUINE = "genuine"  # another print, whole and under our signature
    FORMER = "former"  # the very file that was filed before it was signed anew
    ALTERED = "altered"
    FOREIGN = "foreign"


class Period(StrEnum):
    """Where a day lies in the validity of a certificate."""

    NOT_CHECKED = "not_checked"
    NOT_BEGUN = "not_begun"
    CURRENT = "current"
    ENDED = "ended"


@dataclass(frozen=True)
class Axes:
    """What a check looked at, each by itself; ``not_checked`` is never a good sign."""

    signature: str
    period: str
    status: str
    issuer: str
    file: str


@dataclass(frozen=True)
class Standing:
    """What is asked of an enrolment for a certificate, and what it has to show.

    Assessments and items by id; ``survey_returned`` is None where none is asked for; ``held`` is
    whether something forbids to issue it for now.
    """

    kind: str
    confirmed: bool
    attendance_enough: bool
    required_assessments: frozenset[int]
    passed_assessments: frozenset[int]
    assessed_items: frozenset[int]
    attained_items: frozenset[int]
    survey_returned: bool | None = None
    held: bool = False


@dataclass(frozen=True)
class Due:
    """Whether a certificate is due, and message codes of what is missing."""

    ok: bool
    reasons: tuple[str, ...] = ()


def is_due(standing: Standing) -> Due:
    """What the course version asks for; competence asks for attainments besides."""
    reasons = ["certificate-held"] if standing.held else []
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
    return _OF_PERIOD[period(valid_from, valid_until, today)]


def period(valid_from: date, valid_until: date | None, today: date) -> Period:
    """Where a day lies in the validity; both ends count."""
    if today < valid_from:
        return Period.NOT_BEGUN
    if valid_until is not None and today > valid_until:
        return Period.ENDED
    return Period.CURRENT


_OF_PERIOD = {
    Period.NOT_BEGUN: Outcome.NOT_YET_VALID,
    Period.CURRENT: Outcome.VALID,
    Period.ENDED: Outcome.EXPIRED,
}
_SIGNATURES = {
    File.ISSUED: "ok",
    File.GENUINE: "ok",
    File.FORMER: "distrusted",
    File.ALTERED: "bad",
    File.FOREIGN: "none",
}


def axes(file: File, state: str = "", when: Period = Period.NOT_CHECKED) -> Axes:
    """What a check of ``file`` looked at; ``state`` is that of a record found to be ours."""
    return Axes(
        signature=_SIGNATURES.get(file, "not_checked"),
        period=when.value,
        status={"issued": "in_force", "": "not_checked"}.get(state, state),
        issuer="known" if state else "not_known",
        file=file.value,
    )
