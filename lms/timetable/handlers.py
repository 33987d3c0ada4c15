"""Reactions to the catalogue below: an offering that moves takes its trainers and rooms along."""

from lms.catalogue import events
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.timetable import clashing, service


def follow_move(offering: Offering, *, elsewhere: bool, accepted: bool, by: int | None) -> None:
    """Leave the rooms of a venue that is left; refuse what is booked twice, unless it is meant."""
    if elsewhere:
        service.release_rooms(offering, by=by)
    slots = clashing.slots_of(offering)
    people = [each.user for each in catalogue_queries.staff_of(offering)]
    found = clashing.of_rooms(offering, slots) + clashing.of_trainers(offering, slots, people)
    clashing.settle(offering, found, accepted=accepted, by=by)


def connect() -> None:
    """Listen to the catalogue."""
    events.offering_moving.connect(follow_move)
