"""Verbs of holding back: no certificate is issued for a place until its holds are released.

A feature above holds and releases under a ``source`` of its own: an appeal, say, when it comes in
and when it is decided. Both may be said twice.
"""

from dataclasses import dataclass
from datetime import datetime

from lms.audit import service as audit
from lms.certificates import holds, queries, recording
from lms.certificates.models import CertificateHold, HoldReason
from lms.certificates.states import Deed, State
from lms.db import db, lock, unique_or
from lms.enrolment.models import Enrolment
from lms.kernel.errors import Invalid

BY_HAND = "registrar"
"""The source of what a registrar holds back."""


@dataclass(frozen=True)
class Cause:
    """Why a certificate is held: a reason, and the number of the matter where it is kept.

    ``suspends`` says whether one that is issued already should not count meanwhile.
    """

    reason: str
    reference: str = ""
    suspends: bool = True


def hold(
    enrolment: Enrolment, source: str, cause: Cause, *, by: int | None, now: datetime
) -> CertificateHold:
    """Hold the certificate of a place back; what the source holds already stays as it is.

    A certificate that is issued is suspended when the cause says so. Raises Invalid for a reason
    that is none.
    """
    if cause.reason not in set(HoldReason):
        raise Invalid(fields={"reason": "hold-unknown-reason"})
    holds.take_turns(enrolment.offering_id, [enrolment.user_id])
    standing = holds.open_of(enrolment.id, source)
    if standing is not None:
        return standing
    with unique_or("conflict"):
        made = CertificateHold(
            enrolment_id=enrolment.id,
            source=source,
            reason=cause.reason,
            reference=" ".join(cause.reference.split())[:200],
            suspends=cause.suspends,
            held_by_id=by,
            held_at=now,
        )
        db.session.add(made)
    audit.record(
        by,
        "certificates.held",
        enrolment,
        sealed=True,
        origin=source,
        reason=made.reason,
        reference=made.reference,
    )
    if cause.suspends:
        _suspend(made, enrolment, by=by, now=now)
        _suspend_what_rests_on_it(made, enrolment, by=by, now=now)
    return made


def _suspend_what_rests_on_it(
    made: CertificateHold, enrolment: Enrolment, *, by: int | None, now: datetime
) -> None:
    for one in holds.resting_on(enrolment):
        lock(one)
        if one.state == State.ISSUED:
            why = f"{made.reason} {made.reference}".strip()
            recording.move(one, Deed.SUSPEND, by=by, reason=why, now=now)


def _suspend(made: CertificateHold, enrolment: Enrolment, *, by: int | None, now: datetime) -> None:
    certificate = queries.of_person_in(enrolment.offering_id, enrolment.user_id, in_use=True)
    if certificate is None:
        return
    lock(certificate)
    if certificate.state == State.ISSUED:
        made.certificate_id = certificate.id
        why = f"{made.reason} {made.reference}".strip()
        recording.move(certificate, Deed.SUSPEND, by=by, reason=why, now=now)
    elif certificate.state == State.SUSPENDED and holds.others_on(certificate.id, made.id):
        made.certificate_id = certificate.id
    db.session.flush()


def release(standing: CertificateHold, remark: str, *, by: int | None, now: datetime) -> None:
    """Hold back no more; what was suspended for it counts again once nothing else holds it.

    Released already, nothing happens. A certificate revoked meanwhile stays revoked.
    """
    enrolment = standing.enrolment
    holds.take_turns(enrolment.offering_id, [enrolment.user_id])
    certificate = standing.certificate
    if certificate is not None:
        lock(certificate)
    lock(standing)
    if standing.released_at is not None:
        return
    standing.released_at, standing.released_by_id = now, by
    standing.remark = remark.strip()[:1000]
    db.session.flush()
    audit.record(
        by,
        "certificates.released",
        enrolment,
        sealed=True,
        origin=standing.source,
        reason=standing.remark,
        reference=standing.reference,
    )
    why = standing.remark or standing.reference or standing.reason
    is_suspended = certificate is not None and certificate.state == State.SUSPENDED
    if certificate and is_suspended and not holds.others_on(certificate.id, standing.id):
        recording.move(certificate, Deed.REINSTATE, by=by, reason=why, now=now)
    if standing.suspends:
        _reinstate_what_rests_on_it(enrolment, why, by=by, now=now)


def _reinstate_what_rests_on_it(
    enrolment: Enrolment, why: str, *, by: int | None, now: datetime
) -> None:
    """Not while the ground itself does not count, nor what somebody suspended by hand."""
    ground = queries.of_person_in(enrolment.offering_id, enrolment.user_id, in_use=True)
    if ground is None or ground.state != State.ISSUED:
        return
    for one in holds.resting_on(enrolment):
        lock(one)
        stays = holds.suspending(one) or holds.suspended_otherwise(one.id)
        if one.state == State.SUSPENDED and not stays:
            recording.move(one, Deed.REINSTATE, by=by, reason=why, now=now)
