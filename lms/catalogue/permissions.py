"""Who may edit courses and offerings, and who teaches."""

from lms.catalogue import queries, reviewing
from lms.catalogue.kinds import VersionState
from lms.catalogue.models import CourseVersion, Offering
from lms.kernel.errors import NotFound
from lms.kernel.permissions import (
    Actor,
    Permission,
    Predicate,
    Role,
    allow,
    allowed,
    holds_anywhere,
    require,
)


def runs_offering(actor: Actor, subject: object) -> bool:
    """Course managers of the offering's provider."""
    if not isinstance(subject, Offering):
        return False
    return actor.holds(Role.COURSE_MANAGER, subject.course_version.course.provider.path)


def teaches_offering(actor: Actor, subject: object) -> bool:
    """Trainers and assessors named in the offering."""
    return isinstance(subject, Offering) and queries.is_staff(subject.id, actor.user_id)


def runs_course(actor: Actor, subject: object) -> bool:
    """Course managers of the course's provider."""
    if not isinstance(subject, CourseVersion):
        return False
    return actor.holds(Role.COURSE_MANAGER, subject.course.provider.path)


def stands_in_at_review(actor: Actor, subject: object) -> bool:
    """Registrars and administrators of the provider, while no other course manager can decide."""
    if not isinstance(subject, CourseVersion) or subject.state != VersionState.REVIEW:
        return False
    return reviewing.stands_in(actor, subject)


def no_subject_yet(*roles: Role) -> tuple[Predicate, ...]:
    """The outer door: asked before an object is loaded; the loader asks again with it."""

    def outer(actor: Actor, subject: object) -> bool:
        del actor
        return subject is None

    return (outer, holds_anywhere(*roles))


def declare() -> None:
    """State the rules of this feature."""
    manager = no_subject_yet(Role.COURSE_MANAGER)
    allow(Permission.CATALOGUE_COURSE_EDIT, manager, (runs_course,))
    allow(
        Permission.CATALOGUE_COURSE_REVIEW,
        no_subject_yet(Role.COURSE_MANAGER, *reviewing.STAND_INS),
        (runs_course,),
        (stands_in_at_review,),
    )
    allow(Permission.CATALOGUE_OFFERING_EDIT, manager, (runs_offering,), (runs_course,))
    allow(
        Permission.CATALOGUE_OFFERING_TEACH,
        no_subject_yet(Role.COURSE_MANAGER, Role.TRAINER),
        (runs_offering,),
        (teaches_offering,),
    )


def access_offering(public_id: str, actor: Actor, need: Permission) -> Offering:
    """The offering, for an actor who may do that; raises NotFound, else Forbidden."""
    offering = queries.offering_by_public_id(public_id)
    require(actor, need, offering)
    return offering


def access_course_version(
    public_id: str, actor: Actor, need: Permission | None = None
) -> CourseVersion:
    """A version; a draft is there for those alone who may edit it, or are asked to review it."""
    version = queries.course_version(public_id)
    if version.state in {VersionState.DRAFT, VersionState.REVIEW} and not allowed(
        actor, Permission.CATALOGUE_COURSE_REVIEW, version
    ):
        raise NotFound
    if need is not None:
        require(actor, need, version)
    return version
