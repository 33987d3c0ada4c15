"""Verbs after a signing key was stolen: its certificates are signed anew, and nothing else changes.

What the public log proves to be older than the theft is signed by itself, some rows a transaction.
What was entered later waits for somebody who looks at it; what the log does not bear out is not
believed.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from lms.audit import service as audit
from lms.certificates import proof, records, states, thefts
from lms.certificates.entering import RENDER_JOB
from lms.certificates.keys import KeyRing, StolenKey
from lms.certificates.models import (
    Certificate,
    FormerSignature,
    KeyTheft,
    KeyTheftItem,
    Resigning,
)
from lms.certificates.records import Record
from lms.certificates.states import State
from lms.db import db, lock
from lms.jobs import progress
from lms.jobs.port import enqueue
from lms.kernel.errors import Conflict, NotFound
from lms.transparency import service as transparency

WORK_JOB = "certificates.resign"
LATE_JOB = "certificates.resign-late"
WORK = "certificates.resigning"
AT_ONCE = 20
"""Certificates a transaction: who issues elsewhere waits for as long as these take."""
LATE = timedelta(minutes=15)
"""So long after a theft was told nobody is at work any more who had read the key before."""


def begin(stolen: StolenKey, ring: KeyRing, *, before: int, now: datetime) -> KeyTheft:
    """Have the certificates of a stolen key looked through; twice the same, it goes on.

    ``before`` is how many entries of the log are known to be older than the theft.
    """
    key = thefts.name_of(stolen, ring)
    theft = thefts.of(stolen.kind, key)
    if theft is None:
        since = datetime.fromisoformat(stolen.since)
        theft = KeyTheft(kind=stolen.kind, key=key, since=since, told_at=now, before=before)
        db.session.add(theft)
        db.session.flush()
        audit.record(
            None, "certificates.key_stolen", theft, sealed=True, key=key, since=stolen.since
        )
        enqueue(LATE_JOB, run_at=now + LATE, theft_id=theft.id)
    else:
        lock(theft)
    _look(theft)
    return theft


def look_at_late(theft_id: int, *, now: datetime) -> None:
    """Go once more through what was issued about the moment the theft was told.

    Who was issuing just then may have signed by the stolen key, behind the first look.
    """
    theft = db.session.get_one(KeyTheft, theft_id)
    lock(theft)
    if theft.ended_at is None:
        enqueue(LATE_JOB, run_at=now + LATE, theft_id=theft.id)
        return
    before = (
        select(Certificate.id)
        .where(Certificate.issued_at < theft.told_at - LATE)
        .order_by(Certificate.id.desc())
        .limit(1)
    )
    _look(theft, after=db.session.scalar(before) or 0)


def _look(theft: KeyTheft, *, after: int = 0) -> None:
    """Go through the certificates after one; those that were dealt with are left alone."""
    if theft.work_id is not None:
        progress.end(theft.work_id)
    many = select(func.count(Certificate.id)).where(Certificate.id > after)
    theft.work_id = progress.begin(WORK, total=db.session.scalar(many) or 0, owner=None).id
    theft.seen_id, theft.looked_at = after, 0
    theft.ended_at = None
    db.session.flush()
    enqueue(WORK_JOB, theft_id=theft.id)


def go_on(theft_id: int, *, ring: KeyRing, now: datetime) -> bool:
    """Look at the next certificates; whether there may be more.

    Each is dealt with once, so a job that runs twice does no harm.
    """
    theft = db.session.get_one(KeyTheft, theft_id)
    lock(theft)
    if theft.ended_at is not None:
        return False
    piece = _next(theft)
    if not piece:
        _end(theft, now)
        return False
    known = thefts.dealt_with(theft.id, [one.id for one in piece])
    for record in records.of(piece):
        if record.certificate.id not in known and thefts.is_concerned(record, theft, ring):
            _deal(record, theft, ring, now)
    theft.seen_id, theft.looked_at = piece[-1].id, theft.looked_at + len(piece)
    db.session.flush()
    if theft.work_id is not None:
        progress.report(theft.work_id, theft.looked_at)
    return True


def _next(theft: KeyTheft) -> Sequence[Certificate]:
    # All of them are held before the first is entered in the log: nobody waits in a circle.
    query = (
        select(Certificate)
        .where(Certificate.id > theft.seen_id)
        .order_by(Certificate.id)
        .limit(AT_ONCE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def _end(theft: KeyTheft, now: datetime) -> None:
    theft.ended_at = now
    db.session.flush()
    if theft.work_id is not None:
        progress.end(theft.work_id)
    counts = thefts.counts(theft.id)
    audit.record(None, "certificates.resigning_done", theft, sealed=True, counts=counts)


def _deal(record: Record, theft: KeyTheft, ring: KeyRing, now: datetime) -> None:
    outcome = Resigning.REFUSED
    if record.is_sound:
        outcome = Resigning.SIGNED if thefts.is_older(record, theft) else Resigning.LEFT
    item = KeyTheftItem(
        theft_id=theft.id, certificate_id=record.certificate.id, outcome=outcome.value
    )
    db.session.add(item)
    db.session.flush()
    if outcome == Resigning.SIGNED:
        _sign_anew(record.certificate, ring, now)


def decide(serial: str, reason: str, *, ring: KeyRing, now: datetime) -> Certificate:
    """Sign a certificate anew that was entered after the theft: somebody has looked at it.

    Raises NotFound when none of this number waits for a decision, Conflict when it is withdrawn or
    not what the log says.
    """
    certificate = thefts.by_number(serial)
    if certificate is None:
        raise NotFound
    lock(certificate)
    items, why = thefts.left_of(certificate.id), reason.strip()[:1000]
    if not items:
        raise NotFound
    if State(certificate.state) not in states.IN_USE:
        raise Conflict("certificate-not-in-state")
    if not records.of([certificate])[0].is_sound:
        raise Conflict("check-record-differs")
    for item in items:
        item.outcome, item.reason = Resigning.SIGNED.value, why
    db.session.flush()
    _sign_anew(certificate, ring, now, reason=why)
    return certificate


def digest_of(signed: dict[str, Any]) -> str:
    """What the public log names a credential by."""
    return hashlib.sha256(proof.canonical_bytes(signed)).hexdigest()


def _later(certificate: Certificate, now: datetime) -> datetime:
    """The moment of the new proof: by the same key it would be the old one within its second."""
    before = datetime.fromisoformat(certificate.credential["proof"][0]["created"])
    return max(now, before + timedelta(seconds=1))


def _sign_anew(certificate: Certificate, ring: KeyRing, now: datetime, reason: str = "") -> None:
    """Give a locked certificate a new proof and have its PDF made; what it says stays."""
    before = FormerSignature(
        certificate_id=certificate.id,
        proof=certificate.credential["proof"],
        credential_digest=certificate.credential_digest,
        pdf_digest=certificate.pdf_digest,
        replaced_at=now,
    )
    db.session.add(before)
    said = {name: each for name, each in certificate.credential.items() if name != "proof"}
    signed = proof.prove(said, ring, now=_later(certificate, now))
    digest = digest_of(signed)
    certificate.credential, certificate.credential_digest = signed, digest
    certificate.pdf_digest, certificate.resigned_at = None, now
    db.session.flush()
    audit.record(
        None,
        "certificates.resigned",
        certificate,
        sealed=True,
        changes={"credential": [before.credential_digest, digest]},
        **({"reason": reason} if reason else {}),
    )
    enqueue(
        RENDER_JOB, dedupe=f"{RENDER_JOB}:{certificate.id}:{digest}", certificate_id=certificate.id
    )
    transparency.append(states.RESIGNED, digest, at=now)
    if certificate.state != State.ISSUED:
        transparency.append(certificate.state, digest, at=now)
