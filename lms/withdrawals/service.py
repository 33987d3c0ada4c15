"""Verbs over issued certificates: suspend, reinstate, revoke by two people, correct."""

from datetime import datetime

from lms.audit import service as audit
from lms.certificates import holds, recording, states
from lms.certificates import service as certificates
from lms.certificates.basis import Office
from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate
from lms.certificates.states import Deed
from lms.config import Settings
from lms.db import db, lock, unique_or
from lms.kernel.errors import Conflict, Invalid
from lms.withdrawals import events, queries
from lms.withdrawals.models import Kind, State, Withdrawal


def suspend(certificate: Certificate, reason: str, *, by: int, now: datetime) -> Withdrawal:
    """Let a certificate not count for now; it holds with the commit. Raises Conflict, Invalid."""
    words = _words(reason)
    lock(certificate)
    recording.move(certificate, Deed.SUSPEND, by=by, reason=words, now=now)
    return _keep(Withdrawal(kind=Kind.SUSPENSION.value), certificate, words, by=by, now=now)


def reinstate(certificate: Certificate, remark: str, *, by: int, now: datetime) -> None:
    """Let a suspended certificate count again. Raises Conflict, when it is held too; Invalid."""
    words = _words(remark)
    holds.turn_of(certificate)
    lock(certificate)
    if holds.suspending(certificate):
        raise Conflict("certificate-held")
    recording.move(certificate, Deed.REINSTATE, by=by, reason=words, now=now)
    suspension = queries.suspension_of(certificate.id)
    if suspension is not None:
        _close(suspension, State.LIFTED, words, by=by, now=now)


def ask_revocation(certificate: Certificate, reason: str, *, by: int, now: datetime) -> Withdrawal:
    """Ask for a certificate to be revoked; another registrar decides. Raises Conflict, Invalid."""
    words = _words(reason)
    lock(certificate)
    states.after(Deed.REVOKE, states.State(certificate.state))
    with unique_or("revocation-waits"):
        asked = Withdrawal(kind=Kind.REVOCATION.value, state=State.WAITING.value)
        _keep(asked, certificate, words, by=by, now=now)
    audit.record(by, "withdrawals.asked", asked, sealed=True, reason=words)
    events.asked.send(asked)
    return asked


def decide(asked: Withdrawal, remark: str, *, agree: bool, by: int, now: datetime) -> None:
    """Agree to a revocation, or refuse it in words; it holds with the commit.

    Raises Conflict for whoever asked for it, and when it waits no more; Invalid without words.
    """
    words = remark.strip()
    _locked(asked)
    if asked.asked_by_id == by:
        raise Conflict("revocation-own")
    if not agree and not words:
        raise Invalid(fields={"remark": "reason-missing"})
    _close(asked, State.DONE if agree else State.REFUSED, words, by=by, now=now)
    audit.record(by, "withdrawals.decided", asked, sealed=True, agreed=agree, reason=words)
    if agree:
        recording.move(asked.certificate, Deed.REVOKE, by=by, reason=asked.reason, now=now)


def take_back(asked: Withdrawal, *, by: int, now: datetime) -> None:
    """Take back what one has asked for; raises Conflict for others, and when it waits no more."""
    _locked(asked)
    if asked.asked_by_id != by:
        raise Conflict("revocation-of-another")
    _close(asked, State.TAKEN_BACK, "", by=by, now=now)
    audit.record(by, "withdrawals.taken_back", asked, sealed=True)


def correct(
    certificate: Certificate,
    correction: certificates.Correction,
    *,
    settings: Settings,
    ring: KeyRing,
    by: int,
    now: datetime,
) -> Certificate:
    """Issue a certificate anew under the right name; the old one is superseded by it.

    Raises Conflict when it is not in use or a revocation waits, Invalid as ``replace`` does.
    """
    words = _words(correction.reason)
    # The place before the certificate, as whoever holds it does: nobody waits in a circle.
    holds.turn_of(certificate)
    lock(certificate)
    if queries.waiting_of(certificate.id) is not None:
        raise Conflict("revocation-waits")
    made = certificates.replace(
        certificate,
        certificates.Correction(correction.holder_name, words),
        Office(settings, ring, by, now),
    )
    kept = Withdrawal(kind=Kind.CORRECTION.value, replacement_id=made.id)
    _keep(kept, certificate, words, by=by, now=now)
    return made


def _words(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise Invalid(fields={"reason": "reason-missing"})
    return words


def _keep(
    made: Withdrawal, certificate: Certificate, reason: str, *, by: int, now: datetime
) -> Withdrawal:
    made.certificate_id, made.reason = certificate.id, reason
    made.asked_by_id, made.asked_at = by, now
    made.state = made.state or State.DONE.value
    db.session.add(made)
    db.session.flush()
    return made


def _locked(asked: Withdrawal) -> None:
    # The certificate first, as whoever suspends or corrects it does: nobody waits in a circle.
    lock(asked.certificate)
    lock(asked)
    if asked.state != State.WAITING.value:
        raise Conflict("revocation-decided")


def _close(one: Withdrawal, state: State, remark: str, *, by: int, now: datetime) -> None:
    one.state, one.remark = state.value, remark
    one.decided_by_id, one.decided_at = by, now
    db.session.flush()
