"""Who keeps rooms, and who may see the private link of a class session."""

from lms.catalogue.models import Offering
from lms.catalogue.permissions import no_subject_yet
from lms.enrolment.models import Enrolment
from lms.enrolment.states import State
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed
from lms.timetable import queries
from lms.timetable.models import Room


def keeps_room(actor: Actor, subject: object) -> bool:
    """Course managers of the provider whose room it is."""
    return isinstance(subject, Room) and actor.holds(Role.COURSE_MANAGER, subject.provider.path)


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.TIMETABLE_ROOM_EDIT, no_subject_yet(Role.COURSE_MANAGER), (keeps_room,))


def access_room(public_id: str, actor: Actor) -> Room:
    """A room of the actor's provider; any other is not there."""
    room = queries.room(public_id)
    if not allowed(actor, Permission.TIMETABLE_ROOM_EDIT, room):
        raise NotFound
    return room


def may_see_link(actor: Actor, offering: Offering, place: Enrolment | None = None) -> bool:
    """Staff and course managers of the offering, and whoever has the seat ``place`` for good."""
    if place is not None and place.user_id == actor.user_id and place.state == State.CONFIRMED:
        return place.offering_id == offering.id
    return allowed(actor, Permission.CATALOGUE_OFFERING_TEACH, offering)
