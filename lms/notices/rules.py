"""When the clock makes us write, and what a coordinator's week holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from lms.enrolment.models import Enrolment
from lms.enrolment.states import ENDED, State

MOST_REMIND_DAYS = 30
OVERDUE = timedelta(days=3)
"""So long a decision may wait before those who are asked are reminded, once."""
SOON = timedelta(days=14)
WEEK = timedelta(days=7)


def is_reminder_due(starts_on: date, days_before: int, today: date) -> bool:
    """Whether people are reminded today; nobody is on the day itself or after, nor with 0 days."""
    return starts_on - timedelta(days=days_before) <= today < starts_on


@dataclass
class Week:
    """What a coordinator hears about the officers of the agency."""

    unanswered: list[Enrolment] = field(default_factory=list)
    asked: list[Enrolment] = field(default_factory=list)
    waiting: list[Enrolment] = field(default_factory=list)
    soon: list[Enrolment] = field(default_factory=list)
    ended: list[Enrolment] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing is told of nothing."""
        return not (self.unanswered or self.asked or self.waiting or self.soon or self.ended)


def week_of(places: Iterable[Enrolment], today: date) -> Week:
    """Each place in at most one list: what waits first, then what begins soon, then what ended."""
    week = Week()
    lists = {
        State.NOMINATED: week.unanswered,
        State.OFFERED: week.unanswered,
        State.APPLIED: week.asked,
        State.WAITING: week.waiting,
    }
    for place in places:
        state = State(place.state)
        if state in lists:
            lists[state].append(place)
        elif state is State.CONFIRMED and today <= place.offering.starts_on <= today + SOON:
            week.soon.append(place)
        elif state in ENDED or state is State.NO_SHOW:
            week.ended.append(place)
    return week
