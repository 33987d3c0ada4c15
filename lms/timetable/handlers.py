"""Reactions to the catalogue below: an offering that moves takes rooms and trainers along."""

from lms.catalogue import events
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.timetable import clashing


def look_for_clashes(offering: Offering, *, accepted: bool, by: int | None) -> None:
    """Refuse a move that books a room or a trainer twice, unless it is meant."""
    slots = clashing.slots_of(offering)
    people = [each.user for each in catalogue_queries.staff_of(offering)]
    found = clashing.of_rooms(offering, slots) + clashing.of_trainers(offering, slots, people)
    clashing.settle(offering, found, accepted=accepted, by=by)


def connect() -> None:
    """Listen to the catalogue."""
    events.offering_moving.connect(look_for_clashes)
