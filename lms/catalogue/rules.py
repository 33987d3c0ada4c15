"""Pure decisions of the catalogue."""

from dataclasses import dataclass
from datetime import datetime

from lms.catalogue.kinds import Mode, OfferingState, SeatMode


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with message codes that say why."""

    ok: bool
    reasons: tuple[str, ...] = ()


def may_enter(state: str, opens_at: datetime, closes_at: datetime, now: datetime) -> Verdict:
    """Whether an offering takes people: open, and inside its window (both ends included)."""
    if state != OfferingState.OPEN:
        return Verdict(False, ("offering-not-open",))
    if now < opens_at:
        return Verdict(False, ("offering-not-yet-open",))
    if now > closes_at:
        return Verdict(False, ("offering-closed",))
    return Verdict(True)


def may_publish(*, has_title: bool, minutes: int, certificate: str, assessed: int) -> Verdict:
    """Whether a course version may be frozen: complete, and able to give what it promises."""
    reasons = []
    if not has_title:
        reasons.append("course-title-missing")
    if minutes <= 0:
        reasons.append("course-hours-missing")
    if certificate == "competence" and assessed == 0:
        reasons.append("course-assesses-nothing")
    return Verdict(not reasons, tuple(reasons))


def second_person(by: int | None, *, sent_by: int | None, edited_by: int | None) -> Verdict:
    """Whether somebody may decide on a version in review: neither its sender nor its last editor.

    What the installation does itself (nobody) needs no second person.
    """
    if by is not None and by == sent_by:
        return Verdict(False, ("review-of-own-sending",))
    if by is not None and by == edited_by:
        return Verdict(False, ("review-of-own-words",))
    return Verdict(True)


def seats(mode: str, capacity: int, online: int) -> dict[str, int]:
    """The seats of an offering by kind: a hybrid course has both, an online one no room."""
    if mode == Mode.ONLINE:
        return {SeatMode.ONLINE.value: capacity}
    found = {SeatMode.IN_PERSON.value: capacity}
    if mode == Mode.HYBRID and online:
        found[SeatMode.ONLINE.value] = online
    return found
