"""Pure decisions: who is due an award of a programme, or a transcript of its courses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lms.certificates.rules import Due
from lms.competency.rules import last_valid_day
from lms.programmes.rules import Group, progress


@dataclass(frozen=True)
class Standing:
    """What is asked of a person for an award or a transcript, and what they have to show.

    ``settled`` is whether the programme is not being changed; ``admitted`` is None where nobody
    has to be; ``began_on`` and ``completed_on`` are days of the studies, the second None as long
    as they are not complete; ``held`` is whether a certificate they rest on is held back.
    """

    kind: str
    settled: bool
    courses: int
    groups_met: bool
    credits_met: bool
    admitted: bool | None = None
    began_on: date | None = None
    completed_on: date | None = None
    most_months: int | None = None
    held: bool = False


def is_due(standing: Standing) -> Due:
    """A transcript asks for one completed course, an award for the whole programme."""
    reasons = [] if standing.settled else ["programme-being-changed"]
    if standing.held:
        reasons.append("certificate-held")
    if standing.kind == "transcript":
        if not standing.courses:
            reasons.append("programme-no-course-completed")
        return Due(not reasons, tuple(reasons))
    if standing.admitted is False:
        reasons.append("programme-not-admitted")
    if not standing.groups_met:
        reasons.append("programme-group-not-met")
    if not standing.credits_met:
        reasons.append("programme-credits-short")
    if _took_too_long(standing):
        reasons.append("programme-took-too-long")
    return Due(not reasons, tuple(reasons))


def _took_too_long(standing: Standing) -> bool:
    if standing.began_on is None or standing.completed_on is None:
        return False
    last = last_valid_day(standing.began_on, standing.most_months)
    return last is not None and standing.completed_on > last


def completed_on(groups: Sequence[Group], least: Decimal, days: Mapping[int, date]) -> date | None:
    """The first day on which a programme was complete; ``days`` are those of courses by id."""
    for day in sorted(set(days.values())):
        done = {course for course, when in days.items() if when <= day}
        if progress(groups, least, done).complete:
            return day
    return None
