"""Reactions to what lies below: rooms of an offering that moves, choices of an ended place."""

from lms.catalogue import events
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.enrolment import events as enrolment_events
from lms.enrolment.models import Enrolment
from lms.enrolment.states import ENDED, Deed
from lms.timetable import choosing, clashing, service


def follow_move(offering: Offering, *, elsewhere: bool, accepted: bool, by: int | None) -> None:
    """Leave the rooms of a venue that is left; refuse what is booked twice, unless it is meant."""
    if elsewhere:
        service.release_rooms(offering, by=by)
    slots = clashing.slots_of(offering)
    people = [each.user for each in catalogue_queries.staff_of(offering)]
    found = clashing.of_rooms(offering, slots) + clashing.of_trainers(offering, slots, people)
    clashing.settle(offering, found, accepted=accepted, by=by)


def free_choices(place: Enrolment, *, deed: Deed, reason: str, quiet: bool) -> None:
    """Whose place has ended leaves the sessions that they chose to others."""
    del deed, reason, quiet
    if place.state in ENDED:
        choosing.end(place)


def connect() -> None:
    """Listen to the catalogue and to places."""
    events.offering_moving.connect(follow_move)
    enrolment_events.moved.connect(free_choices)
