"""Background work: the PDF of an issued certificate, and reminding of those that end."""

import time

from flask_babel import lazy_gettext as _l

from lms.certificates import entering, expiry, resigning, service, unfiled
from lms.certificates.document_keys import KeyAway
from lms.certificates.keyring import ring
from lms.db import db, transaction
from lms.jobs import progress
from lms.jobs.port import LONG_TRIES, NotNow, enqueue, job, scheduled
from lms.kernel import clock
from lms.storage import blobs
from lms.web.i18n import ZONE
from lms.web.running import settings

# What signs may be away for three days: 2, 4, 8 … seconds, then every ten minutes.
TRIES = 440
# Far below what a run may last: many certificates are gone through in several runs.
SECONDS = 240.0


@job(entering.RENDER_JOB, tries=TRIES)
def render(certificate_id: int) -> None:
    """Render, sign and file the PDF; idempotent, since a filed digest is never replaced.

    Raises NotNow while what signs or stamps is away: none goes out without what it should have.
    """
    # Loaded with the first one, as what makes PDFs is.
    from lms.certificates.stamping import StampAway, stamping

    certificate = unfiled.printed(certificate_id)
    if certificate is None:
        return
    keys = ring(settings())
    try:
        data = service.make_pdf(certificate, keys, stamping(settings(), keys, now=clock.now()))
    except (KeyAway, StampAway) as away:
        raise NotNow(str(away)) from away
    db.session.rollback()  # the read transaction; nobody waits for a PDF inside a write
    with transaction():
        made_of = unfiled.held(certificate_id)
        if made_of is None:
            return
        # Of a credential, or by a key, that were replaced meanwhile no file goes out.
        if made_of != certificate.credential_digest or ring(settings()) is not keys:
            raise NotNow("signed anew meanwhile")
        service.file_pdf(certificate, data, blobs())


@job(resigning.WORK_JOB, tries=LONG_TRIES)
def resign(theft_id: int) -> None:
    """Go through the certificates of a stolen key; a run that is killed goes on where it stood."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with transaction():
            if not resigning.go_on(theft_id, ring=ring(settings()), now=clock.now()):
                return
    with transaction():
        enqueue(resigning.WORK_JOB, theft_id=theft_id)


@job(resigning.LATE_JOB)
def resign_late(theft_id: int) -> None:
    """Go once more through what was issued as a theft was told; twice the same does no harm."""
    with transaction():
        resigning.look_at_late(theft_id, now=clock.now())


def announce() -> None:
    """Say in words what the work is called."""
    progress.announce(resigning.WORK, _l("Signing certificates anew"))


@scheduled("30 7 * * *", "certificates.expiring")
def remind_of_expiry() -> None:
    """Tell holders of certificates that end; a second run tells nobody twice."""
    for certificate_id, step in list(expiry.due(clock.today(ZONE))):
        with transaction():
            expiry.remind(certificate_id, step)
