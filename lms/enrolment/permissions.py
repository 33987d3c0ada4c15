"""Who may see and change places."""

from lms.catalogue.kinds import Approver
from lms.catalogue.models import ClassSession
from lms.catalogue.permissions import no_subject_yet, runs_offering, teaches_offering
from lms.enrolment import agency_queries, queries
from lms.enrolment.models import Approval, Enrolment
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed, signed_in


def own_place(actor: Actor, subject: object) -> bool:
    """The person whose place it is."""
    return isinstance(subject, Enrolment) and subject.user_id == actor.user_id


def runs_its_offering(actor: Actor, subject: object) -> bool:
    """Course managers of the provider."""
    return isinstance(subject, Enrolment) and runs_offering(actor, subject.offering)


def teaches_its_offering(actor: Actor, subject: object) -> bool:
    """Trainers and assessors of the offering."""
    return isinstance(subject, Enrolment) and teaches_offering(actor, subject.offering)


def coordinates_its_agency(actor: Actor, subject: object) -> bool:
    """Coordinators of the officer's agency, or of one above it."""
    if not isinstance(subject, Enrolment) or subject.user.organisation is None:
        return False
    return actor.holds(Role.AGENCY_COORDINATOR, subject.user.organisation.path)


def decides(actor: Actor, subject: object) -> bool:
    """Who is asked: the line manager, the officer's agency, or course managers; never for oneself.

    The agency's coordinators decide for a line manager who is not there any more.
    """
    if not isinstance(subject, Approval) or subject.enrolment.user_id == actor.user_id:
        return False
    if subject.approver == Approver.LINE_MANAGER:
        manager = subject.enrolment.user.reports_to
        if manager is not None:
            return manager.id == actor.user_id
    if subject.approver != Approver.PROVIDER:
        return coordinates_its_agency(actor, subject.enrolment)
    return runs_its_offering(actor, subject.enrolment)


def no_place_yet(actor: Actor, subject: object) -> bool:
    """The outer door, before a place is loaded."""
    del actor
    return subject is None


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.ENROLMENT_ENROLMENT_CREATE, (signed_in,))
    allow(
        Permission.ENROLMENT_ENROLMENT_READ,
        (signed_in, no_place_yet),
        (own_place,),
        (runs_its_offering,),
        (teaches_its_offering,),
        (coordinates_its_agency,),
    )
    allow(
        Permission.ENROLMENT_ATTENDANCE_RECORD,
        no_subject_yet(Role.TRAINER, Role.COURSE_MANAGER),
        (runs_offering,),
        (teaches_offering,),
    )
    # Line managers hold no role: everybody may come as far as the door.
    allow(Permission.ENROLMENT_APPROVAL_DECIDE, (signed_in, no_place_yet), (decides,))
    allow(
        Permission.ENROLMENT_NOMINATION_CREATE,
        no_subject_yet(Role.AGENCY_COORDINATOR),
        (coordinates_its_agency,),
    )
    allow(Permission.ENROLMENT_AGENCY_READ, no_subject_yet(Role.AGENCY_COORDINATOR))


def access_enrolment(public_id: str, actor: Actor, need: Permission) -> Enrolment:
    """The place, for an actor who may do that; for others it is not there."""
    enrolment = queries.by_public_id(public_id)
    if not allowed(actor, need, enrolment):
        raise NotFound
    return enrolment


def access_to_move(public_id: str, actor: Actor) -> Enrolment:
    """A place in an offering that the actor runs; any other is not there."""
    enrolment = queries.by_public_id(public_id)
    if not runs_its_offering(actor, enrolment):
        raise NotFound
    return enrolment


def access_own(public_id: str, actor: Actor) -> Enrolment:
    """One's own place; somebody else's is not there."""
    enrolment = queries.by_public_id(public_id)
    if not own_place(actor, enrolment):
        raise NotFound
    return enrolment


def access_approval(public_id: str, actor: Actor) -> Approval:
    """An approval, for an actor who is asked for it; for others it is not there."""
    approval = agency_queries.approval_by_public_id(public_id)
    if not decides(actor, approval):
        raise NotFound
    return approval


def access_session_to_attend(public_id: str, actor: Actor) -> tuple[ClassSession, Enrolment]:
    """A class session with the actor's own seat in it; for all others it is not there."""
    session = queries.session_by_public_id(public_id)
    place = queries.active_enrolment(session.offering_id, actor.user_id)
    if place is None or not place.is_active:
        raise NotFound
    return session, place
