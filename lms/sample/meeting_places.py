"""Rooms of the sample institute, and two offerings whose class sessions meet in them."""

from lms.catalogue import queries as catalogue_queries
from lms.people.models import Organisation
from lms.timetable import service
from lms.timetable.service import RoomFacts, SessionFacts

_ROOMS = (
    RoomFacts("Bilik Kenanga", "Pusat Latihan Kuala Lumpur", 30),
    RoomFacts("Dewan Utama", "Dewan Persidangan Kuala Lumpur", 250),
)
_MEETINGS = {"PKK204-2": (0, ""), "SIM2027-1": (1, "https://meet.example/simposium")}


def furnish(provider: Organisation, by: int | None) -> None:
    """Put the class sessions of a course into a room, and a symposium behind a link as well."""
    rooms = [service.add_room(provider, facts, by=by) for facts in _ROOMS]
    for code, (number, link) in _MEETINGS.items():
        offering = catalogue_queries.offering_by_code(code)
        if offering is None:
            continue
        for session in catalogue_queries.sessions_of(offering):
            facts = SessionFacts(session.starts_at, session.ends_at, rooms[number], link)
            # A trainer of the symposium teaches elsewhere that day, as one may on purpose.
            service.save_session(offering, session, facts, accepted=True, by=by)
