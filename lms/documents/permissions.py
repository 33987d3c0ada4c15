"""Who may read the documents of an offering."""

from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_course_version
from lms.documents import queries
from lms.documents.models import Audience, OfferingDocument
from lms.enrolment import queries as enrolment_queries
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, allowed


def reads_all(actor: Actor, offering: Offering) -> bool:
    """Staff and course managers, and whoever has the seat for good."""
    if allowed(actor, Permission.CATALOGUE_OFFERING_TEACH, offering):
        return True
    if actor.user_id is None:
        return False
    place = enrolment_queries.active_enrolment(offering.id, actor.user_id)
    return place is not None and place.is_active


def access_document(offering: Offering, public_id: str, actor: Actor) -> OfferingDocument:
    """A document that the actor may read; any other is not there."""
    found = queries.document_of(offering, public_id)
    if found.audience == Audience.EVERYBODY:
        access_course_version(offering.course_version.public_id, actor)
    elif not reads_all(actor, offering):
        raise NotFound
    return found
