"""Verbs over documents: add one to an offering, take one out."""

from lms.audit import service as audit
from lms.catalogue.models import Offering
from lms.db import db, unique_or
from lms.documents.models import Audience, OfferingDocument
from lms.storage.receiving import Received


def add(
    offering: Offering, title: str, audience: Audience, file: Received, *, by: int | None
) -> OfferingDocument:
    """Add a file to an offering; raises Conflict when it is there already."""
    document = OfferingDocument(
        offering_id=offering.id,
        title=title,
        audience=audience.value,
        added_by_id=by,
        **vars(file),
    )
    with unique_or("document-there-already"):
        db.session.add(document)
    audit.record(by, "documents.added", offering, name=title, digest=file.digest)
    return document


def remove(document: OfferingDocument, *, by: int | None) -> None:
    """Take a document out of its offering."""
    offering, title, digest = document.offering, document.title, document.digest
    db.session.delete(document)
    db.session.flush()
    audit.record(by, "documents.removed", offering, name=title, digest=digest)
