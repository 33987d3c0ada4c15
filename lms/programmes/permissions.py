"""Who writes programmes, and who sees them."""

from lms.catalogue.permissions import no_subject_yet
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed
from lms.programmes import queries
from lms.programmes.models import Programme, ProgrammeState


def runs_programme(actor: Actor, subject: object) -> bool:
    """Course managers of the provider whose programme it is."""
    return isinstance(subject, Programme) and actor.holds(
        Role.COURSE_MANAGER, subject.provider.path
    )


def declare() -> None:
    """State the rules of this feature."""
    need = Permission.PROGRAMMES_PROGRAMME_EDIT
    allow(need, no_subject_yet(Role.COURSE_MANAGER), (runs_programme,))


def access_programme(public_id: str, actor: Actor) -> Programme:
    """A programme that the actor writes; for others it is not there."""
    programme = queries.by_public_id(public_id)
    if not allowed(actor, Permission.PROGRAMMES_PROGRAMME_EDIT, programme):
        raise NotFound
    return programme


def see_programme(public_id: str, actor: Actor) -> Programme:
    """A programme that everybody sees, or that the actor writes; any other is not there."""
    programme = queries.by_public_id(public_id)
    if programme.state != ProgrammeState.PUBLISHED and not runs_programme(actor, programme):
        raise NotFound
    return programme
