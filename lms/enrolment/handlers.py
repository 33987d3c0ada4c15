"""Reactions to the catalogue below: places of an offering that is cancelled or moved."""

from datetime import datetime

from lms.catalogue import events
from lms.catalogue.models import Offering
from lms.enrolment import notices, queries, service


def end_places(offering: Offering, *, by: int | None, now: datetime, reason: str) -> None:
    """Every place ends, and each person is told once."""
    for place in queries.roster(offering):
        service.cancel(place, by=by, now=now, reason=reason)


def tell_of_move(offering: Offering, *, told: frozenset[int] = frozenset()) -> None:
    """Everybody with a place, asked for or given, is told the new days and venue once.

    Of who is ``told`` by another mail already, only those hear who get copies.
    """
    for place in queries.roster(offering):
        notices.tell_moved(place, told=place.user_id in told)


def connect() -> None:
    """Listen to the catalogue."""
    events.offering_cancelled.connect(end_places)
    events.offering_moved.connect(tell_of_move)
