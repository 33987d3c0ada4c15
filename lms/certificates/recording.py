"""Moves of certificates: the state machine is asked; trail, public log and others are told."""

from datetime import datetime

from lms.audit import service as audit
from lms.certificates import events, states
from lms.certificates.models import Certificate
from lms.certificates.states import Deed, State
from lms.db import db
from lms.transparency import service as transparency


def move(
    certificate: Certificate, deed: Deed, *, by: int | None, reason: str, now: datetime
) -> None:
    """Bring a locked certificate into its next state; raises Conflict when it is not for it.

    Pages and the status list say so with the commit: both are made of the rows at each request.
    """
    before = State(certificate.state)
    certificate.state = states.after(deed, before).value
    db.session.flush()
    audit.record(
        by,
        f"certificates.{deed.value}",
        certificate,
        sealed=True,
        changes={"state": [before.value, certificate.state]},
        reason=reason,
    )
    events.moved.send(certificate, deed=deed)
    transparency.append(deed.value, certificate.credential_digest, at=now)
