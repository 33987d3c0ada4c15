"""Pure decisions about attendance."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from lms.enrolment.models import Presence

COUNTED = frozenset({Presence.PRESENT, Presence.LATE})


@dataclass(frozen=True)
class Share:
    """Minutes attended out of minutes held."""

    attended: int
    held: int

    @property
    def percent(self) -> Decimal:
        """Percent with one place, rounded half up; for showing only."""
        if self.held == 0:
            return Decimal(0)
        exact = Decimal(self.attended * 100) / self.held
        return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)

    def reaches(self, percent: int) -> bool:
        """Whether the share is enough; compared exactly, so rounding lifts nobody."""
        return self.held > 0 and self.attended * 100 >= percent * self.held


def attended(sessions: Iterable[tuple[int, str | None]]) -> Share:
    """The share over (minutes, presence) of all sessions; nothing recorded counts as absent."""
    held = there = 0
    for minutes, presence in sessions:
        held += minutes
        if presence in COUNTED:
            there += minutes
    return Share(there, held)
