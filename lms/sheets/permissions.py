"""Who works by sheet: course managers for their provider, coordinators for their agency."""

from lms.catalogue.permissions import no_subject_yet
from lms.kernel.errors import Forbidden, NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed
from lms.sheets import queries
from lms.sheets.models import Sheet
from lms.sheets.states import Way

ROLE_OF = {Way.ENROL: Role.COURSE_MANAGER, Way.NOMINATE: Role.AGENCY_COORDINATOR}


def of_own_organisation(actor: Actor, subject: object) -> bool:
    """Whoever holds the role of its way over the sheet's organisation."""
    return isinstance(subject, Sheet) and actor.holds(
        ROLE_OF[Way(subject.way)], subject.organisation.path
    )


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.SHEETS_SHEET_USE, no_subject_yet(*ROLE_OF.values()), (of_own_organisation,))


def access_way(way: str, actor: Actor) -> tuple[Way, tuple[str, ...]]:
    """The way and the organisations for which the actor may take it; raises Forbidden."""
    paths = actor.paths(ROLE_OF[Way(way)])
    if not paths:
        raise Forbidden
    return Way(way), paths


def access_sheet(public_id: str, actor: Actor) -> Sheet:
    """A sheet of the actor's organisations; any other is not there."""
    sheet = queries.by_public_id(public_id)
    if not allowed(actor, Permission.SHEETS_SHEET_USE, sheet):
        raise NotFound
    return sheet
