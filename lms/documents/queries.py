"""Reads of documents."""

from sqlalchemy import select

from lms.catalogue.models import Offering
from lms.db import db
from lms.documents.models import Audience, OfferingDocument
from lms.kernel.errors import NotFound


def of_offering(offering: Offering, *, public_only: bool) -> list[OfferingDocument]:
    """The documents of an offering in the order in which they were added."""
    query = select(OfferingDocument).where(OfferingDocument.offering_id == offering.id)
    if public_only:
        query = query.where(OfferingDocument.audience == Audience.EVERYBODY.value)
    return list(db.session.scalars(query.order_by(OfferingDocument.id)))


def document_of(offering: Offering, public_id: str) -> OfferingDocument:
    """A document of this offering and of no other; raises NotFound."""
    query = select(OfferingDocument).where(
        OfferingDocument.public_id == public_id, OfferingDocument.offering_id == offering.id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found
