"""Whose stays they are, and what the roll would say of them. Pure.

Somebody is found by the address of the account, else by a name that only one has.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from lms.catalogue.kinds import SeatMode
from lms.enrolment.models import Enrolment
from lms.enrolment.rules import Mark
from lms.kernel.text import key
from lms.meetings.rules import Seen, Stay, suggested

_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")


def matched(
    stays: Iterable[Stay], places: Sequence[Enrolment]
) -> tuple[dict[str, list[Stay]], dict[str, list[Stay]]]:
    """The stays by public id of the place; and those of nobody here, by what the file calls them.

    Two people of one name, and an address that nobody has with a name that somebody has, are told
    apart as well as can be: an address decides, a name counts only where one person has it.
    """
    by_email = {place.user.email_key: place.public_id for place in places}
    names = Counter(place.user.name_key for place in places)
    by_name = {
        place.user.name_key: place.public_id for place in places if names[place.user.name_key] == 1
    }
    ours: dict[str, list[Stay]] = {}
    others: dict[str, list[Stay]] = {}
    for stay in stays:
        place_id = by_email.get(key(stay.email)) or by_name.get(_name_key(stay.name))
        if place_id is not None:
            ours.setdefault(place_id, []).append(stay)
        else:
            others.setdefault(stay.name or stay.email, []).append(stay)
    return ours, others


def suggestions(
    places: Sequence[Enrolment], found: Mapping[str, Seen], begins: datetime, ends: datetime
) -> dict[str, Mark]:
    """What the roll would say, by public id of the place.

    Who is not in the file was absent with a seat online; of a seat in the room it says nothing.
    """
    nothing = Seen(0, None)
    return {
        place.public_id: suggested(found.get(place.public_id, nothing), begins, ends)
        for place in places
        if place.public_id in found or place.pool.mode == SeatMode.ONLINE
    }


def _name_key(name: str) -> str:
    # "Siti (Guest)", "Siti (JKM)": what stands in brackets is not the name.
    return key(_IN_BRACKETS.sub("", name))
