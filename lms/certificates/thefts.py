"""Reads about stolen keys: what they had signed, what is older than the theft, what waits."""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from lms.certificates.keys import CREDENTIAL, KeyRing, KeysMissing, StolenKey
from lms.certificates.models import Certificate, KeyTheft, KeyTheftItem, Resigning
from lms.certificates.records import Record
from lms.certificates.states import IN_USE
from lms.db import db
from lms.storage import BlobMissing, blobs
from lms.transparency import auditing, service
from lms.transparency import queries as log

MOST_NUMBERS = 1000


def name_of(stolen: StolenKey, ring: KeyRing) -> str:
    """How a theft is named: by the key in credentials, or by the signer's serial number."""
    return f"{ring.did}#{stolen.id}" if stolen.kind == CREDENTIAL else stolen.id


def of(kind: str, key: str) -> KeyTheft | None:
    """The theft of a key, when it was told."""
    return db.session.scalar(select(KeyTheft).where(KeyTheft.kind == kind, KeyTheft.key == key))


def older_entries(since: datetime) -> int:
    """How many entries are known to be older than a moment: those in front of the first doubt.

    An entry that is younger ends the count, and so does one that was changed or says it is older
    than those in front of it: whoever writes past the program may date it as they like.
    """
    latest: datetime | None = None
    number = 0
    for entry in log.every_entry():
        said = service.said(entry.kind, entry.at, entry.subject)
        is_late = latest is not None and entry.at < latest - auditing.ALLOWANCE
        is_gap = entry.number != number
        if entry.at >= since or is_late or is_gap or service.leaf_of(said) != entry.leaf:
            return number
        latest = max(latest or entry.at, entry.at)
        number += 1
    return number


def is_older(record: Record, theft: KeyTheft) -> bool:
    """Whether the log proves that a certificate was issued before the theft.

    Where another theft, of the key for its credential, is in doubt, that is asked as well: the
    theft of a signer must not make anything believed.
    """
    issue, other = record.issue, of(CREDENTIAL, record.method)
    return issue is not None and all(
        issue.number < each.before and issue.at < each.since
        for each in (theft, other)
        if each is not None
    )


def is_concerned(record: Record, theft: KeyTheft, ring: KeyRing) -> bool:
    """Whether the stolen key signed the credential, or the PDF as it is filed."""
    if theft.kind == CREDENTIAL:
        return record.method == theft.key
    digest = record.certificate.pdf_digest
    return digest is not None and _holds(digest, _certificate_of(theft, ring))


def _certificate_of(theft: KeyTheft, ring: KeyRing) -> bytes:
    for one in ring.stolen:
        if one.id == theft.key:
            return base64.b64decode(one.public)
    raise KeysMissing(f"the note of the stolen signer {theft.key}")


def _holds(digest: str, certificate: bytes) -> bool:
    """Whether a signature in a file of ours brings this certificate along."""
    try:
        data = blobs().get(digest)
    except BlobMissing:
        return True  # a new file does no harm, and this one is needed in any case
    return certificate.hex().encode() in data.lower()


def dealt_with(theft_id: int, certificate_ids: Collection[int]) -> set[int]:
    """Which of these certificates were looked at already."""
    query = select(KeyTheftItem.certificate_id).where(
        KeyTheftItem.theft_id == theft_id, KeyTheftItem.certificate_id.in_(certificate_ids)
    )
    return set(db.session.scalars(query))


def counts(theft_id: int) -> dict[str, int]:
    """What became of the certificates of a stolen key, by outcome."""
    query = select(KeyTheftItem.outcome, func.count()).where(KeyTheftItem.theft_id == theft_id)
    found = dict(db.session.execute(query.group_by(KeyTheftItem.outcome)).all())
    return {each.value: found.get(each.value, 0) for each in Resigning}


def by_number(serial: str) -> Certificate | None:
    """A certificate by its number."""
    return db.session.scalar(select(Certificate).where(Certificate.serial == serial))


def left_of(certificate_id: int) -> Sequence[KeyTheftItem]:
    """What of a certificate waits for a decision: after one theft, or several."""
    query = select(KeyTheftItem).where(
        KeyTheftItem.certificate_id == certificate_id,
        KeyTheftItem.outcome == Resigning.LEFT.value,
    )
    return db.session.scalars(query.order_by(KeyTheftItem.id)).all()


def waiting() -> int:
    """How many certificates in use wait for somebody to decide about them, after any theft."""
    query = (
        select(func.count(Certificate.id.distinct()))
        .join(KeyTheftItem, KeyTheftItem.certificate_id == Certificate.id)
        .where(KeyTheftItem.outcome == Resigning.LEFT.value)
        .where(Certificate.state.in_([state.value for state in IN_USE]))
    )
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Standing:
    """How far the work after a theft has come; numbers of certificates where somebody must look.

    ``left`` wait for a decision, ``refused`` are not believed; ``files`` are still being made.
    """

    kind: str
    key: str
    since: str
    done: bool
    looked_at: int
    to_look_at: int
    signed: int
    files: int
    left: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do for anybody."""
        return self.done and not self.left and not self.files


def standings() -> list[Standing]:
    """Every theft that was told, the oldest first."""
    found = db.session.scalars(select(KeyTheft).order_by(KeyTheft.id))
    return [_standing(theft) for theft in found.all()]


def _standing(theft: KeyTheft) -> Standing:
    ahead = select(func.count(Certificate.id)).where(Certificate.id > theft.seen_id)
    files = (
        select(func.count(KeyTheftItem.id))
        .join(KeyTheftItem.certificate)
        .where(KeyTheftItem.theft_id == theft.id, KeyTheftItem.outcome == Resigning.SIGNED.value)
        .where(Certificate.pdf_digest.is_(None))
    )
    return Standing(
        kind=theft.kind,
        key=theft.key,
        since=theft.since.isoformat(),
        done=theft.ended_at is not None,
        looked_at=theft.looked_at,
        to_look_at=0 if theft.ended_at else db.session.scalar(ahead) or 0,
        signed=counts(theft.id)[Resigning.SIGNED.value],
        files=db.session.scalar(files) or 0,
        left=_numbers(theft.id, Resigning.LEFT),
        refused=_numbers(theft.id, Resigning.REFUSED),
    )


def _numbers(theft_id: int, outcome: Resigning) -> list[str]:
    query = (
        select(Certificate.serial)
        .join(KeyTheftItem, KeyTheftItem.certificate_id == Certificate.id)
        .where(KeyTheftItem.theft_id == theft_id, KeyTheftItem.outcome == outcome.value)
        # Whoever was looked at and revoked waits for nobody.
        .where(Certificate.state.in_([state.value for state in IN_USE]))
        .order_by(Certificate.serial)
    )
    return list(db.session.scalars(query.limit(MOST_NUMBERS)))
