"""Reads of links."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.db import db
from lms.kernel.errors import NotFound
from lms.sharing.models import ShareLink


def links_of(certificate_id: int) -> list[ShareLink]:
    """The links of a certificate with their days, the latest first, at most a hundred."""
    query = (
        select(ShareLink)
        .where(ShareLink.certificate_id == certificate_id)
        .options(selectinload(ShareLink.days))
        .order_by(ShareLink.id.desc())
    )
    return list(db.session.scalars(query.limit(100)))


def open_links(certificate_id: int, now: datetime) -> int:
    """How many links of a certificate are open."""
    query = select(func.count(ShareLink.id)).where(
        ShareLink.certificate_id == certificate_id,
        ShareLink.ended_at.is_(None),
        ShareLink.expires_at > now,
    )
    return db.session.scalar(query) or 0


def link(public_id: str, certificate_id: int) -> ShareLink:
    """A link of a certificate; raises NotFound for one of another."""
    query = select(ShareLink).where(
        ShareLink.public_id == public_id, ShareLink.certificate_id == certificate_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def by_public_id(public_id: str) -> ShareLink | None:
    """A link with its certificate."""
    query = select(ShareLink).where(ShareLink.public_id == public_id)
    return db.session.scalar(query.options(joinedload(ShareLink.certificate)))
