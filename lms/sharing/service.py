"""Verbs of sharing: make a link, end it, count that it was opened."""

from datetime import date, datetime, timedelta

from lms.audit import service as audit
from lms.certificates.models import Certificate
from lms.db import db, insert_into, lock
from lms.kernel import secret_addresses
from lms.kernel.errors import Conflict, NotFound
from lms.sharing import queries
from lms.sharing.models import ShareDay, ShareLink

MOST_OPEN = 20
_PURPOSE = "share"


def make(
    certificate: Certificate, note: str, days: int, *, full_name: bool, by: int, now: datetime
) -> ShareLink:
    """An address that shows the certificate for so many days; raises Conflict beyond twenty."""
    lock(certificate)
    if queries.open_links(certificate.id, now) >= MOST_OPEN:
        raise Conflict("share-too-many")
    link = ShareLink(
        certificate_id=certificate.id,
        note=note.strip(),
        full_name=full_name,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.session.add(link)
    db.session.flush()
    audit.record(by, "sharing.made", certificate, days=days, full_name=full_name)
    return link


def end(link: ShareLink, *, by: int, now: datetime) -> None:
    """The address leads nowhere from now on; nothing happens when it does so already."""
    lock(link)
    if link.ended_at is not None:
        return
    link.ended_at = now
    db.session.flush()
    audit.record(by, "sharing.ended", link.certificate)


def opened(link: ShareLink, *, day: date) -> None:
    """Count that somebody opened it on a day."""
    adding = insert_into(ShareDay).values(link_id=link.id, day=day, count=1)
    db.session.execute(
        adding.on_conflict_do_update(
            index_elements=[ShareDay.link_id, ShareDay.day], set_={"count": ShareDay.count + 1}
        )
    )


def token_of(link: ShareLink, key: str) -> str:
    """What stands in the address."""
    return secret_addresses.token(_PURPOSE, link.public_id, key)


def by_token(token: str, key: str) -> ShareLink:
    """The link of an address, open or not; raises NotFound."""
    link = queries.by_public_id(secret_addresses.named_by(token))
    if link is None or not secret_addresses.is_token(token, _PURPOSE, link.public_id, key):
        raise NotFound
    return link
