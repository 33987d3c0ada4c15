"""Who plans offerings without dates, and who may say that they would come."""

from lms.catalogue.permissions import no_subject_yet
from lms.demand import queries
from lms.demand.models import UndatedOffering
from lms.kernel.permissions import Actor, Permission, Role, allow, require, signed_in


def runs_its_course(actor: Actor, subject: object) -> bool:
    """Course managers of the course's provider."""
    return isinstance(subject, UndatedOffering) and actor.holds(
        Role.COURSE_MANAGER, subject.course.provider.path
    )


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.DEMAND_INTEREST_CREATE, (signed_in,))
    allow(Permission.DEMAND_UNDATED_EDIT, no_subject_yet(Role.COURSE_MANAGER), (runs_its_course,))


def access_undated(public_id: str, actor: Actor) -> UndatedOffering:
    """An undated offering, for an actor who plans it; raises NotFound, else Forbidden."""
    undated = queries.by_public_id(public_id)
    require(actor, Permission.DEMAND_UNDATED_EDIT, undated)
    return undated
