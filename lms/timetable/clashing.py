"""What would be booked twice: asked before a deed, in few statements at any number of sessions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lms.audit import service as audit
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import ClassSession, Offering
from lms.people.models import User
from lms.timetable import queries, rules
from lms.timetable.models import Meeting, Room
from lms.timetable.rules import Booking, Clash, DoubleBooked, Kind


@dataclass(frozen=True)
class Slot:
    """A class session as it is or would be; ``session_id`` is None for one not saved yet."""

    session_id: int | None
    number: int
    starts_at: datetime
    ends_at: datetime
    room: Room | None = None


def slots(sessions: Iterable[ClassSession], meetings: Mapping[int, Meeting]) -> list[Slot]:
    """The class sessions of an offering with their rooms."""
    return [
        Slot(
            each.id,
            each.position,
            each.starts_at,
            each.ends_at,
            meetings[each.id].room if each.id in meetings else None,
        )
        for each in sessions
    ]


def slots_of(offering: Offering) -> list[Slot]:
    """The same, looked up."""
    return slots(catalogue_queries.sessions_of(offering), queries.meetings_of(offering))


def of_rooms(offering: Offering, wanted: list[Slot]) -> list[Clash]:
    """Rooms that would be booked twice, also by other sessions of the same offering.

    Holds the rooms: who books one at the same moment sees this booking, or is seen.
    """
    mine = [
        _booking(offering, slot, Kind.ROOM, slot.room.id, slot.room.name)
        for slot in wanted
        if slot.room is not None
    ]
    over = queries.span(mine)
    if over is None:
        return []
    rooms = {each.key for each in mine}
    queries.hold_rooms(rooms)
    own = {slot.session_id for slot in wanted if slot.session_id is not None}
    return rules.clashes(mine, queries.of_rooms(rooms, over, but=own))


def of_trainers(offering: Offering, wanted: list[Slot], people: Iterable[User]) -> list[Clash]:
    """People who would teach in two offerings at once.

    Holds the people: who names one of them at the same moment sees this booking, or is seen.
    """
    mine = [
        _booking(offering, slot, Kind.TRAINER, user.id, user.name)
        for user in people
        for slot in wanted
    ]
    over = queries.span(mine)
    if over is None:
        return []
    teaching = {each.key for each in mine}
    queries.hold_people(teaching)
    others = queries.of_trainers(teaching, over, but=offering)
    return rules.clashes(mine, others)


def of_participant(offering: Offering, user: User) -> list[Clash]:
    """What somebody attends or teaches at the time of an offering they would enrol in."""
    wanted = slots_of(offering)
    mine = [_booking(offering, slot, Kind.PARTICIPANT, user.id, user.name) for slot in wanted]
    over = queries.span(mine)
    if over is None:
        return []
    return rules.clashes(mine, queries.of_participant(user.id, over, but=offering))


def settle(offering: Offering, found: list[Clash], *, accepted: bool, by: int | None) -> None:
    """Raise DoubleBooked unless there is no clash or somebody said it is meant; record that."""
    if not found:
        return
    if not accepted:
        raise DoubleBooked(found)
    audit.record(
        by,
        "timetable.clash.accepted",
        offering,
        clashes=[_brief(clash) for clash in found],
    )


def _brief(clash: Clash) -> str:
    mine, theirs = clash.wanted, clash.standing
    return f"{mine.kind} {mine.key}: {mine.code}/{mine.number}, {theirs.code}/{theirs.number}"


def _booking(offering: Offering, slot: Slot, kind: Kind, key: int, who: str) -> Booking:
    version = offering.course_version
    return Booking(
        kind=kind,
        key=key,
        who=who,
        code=offering.code,
        titles=version.titles,
        number=slot.number,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        zone=version.course.provider.timezone,
        room=slot.room.name if slot.room else "",
    )
