"""Background work: the PDF of an issued certificate, and reminding of those that end."""

from lms.certificates import expiry, queries, service
from lms.certificates.document_keys import KeyAway
from lms.certificates.keyring import ring
from lms.db import db, transaction
from lms.jobs.port import NotNow, job, scheduled
from lms.kernel import clock
from lms.storage import blobs
from lms.web.i18n import ZONE
from lms.web.running import settings

# What signs may be away for three days: 2, 4, 8 … seconds, then every ten minutes.
TRIES = 440


@job(service.RENDER_JOB, tries=TRIES)
def render(certificate_id: int) -> None:
    """Render, sign and file the PDF; idempotent, since a filed digest is never replaced.

    Raises NotNow while what signs or stamps is away: none goes out without what it should have.
    """
    # Loaded with the first one, as what makes PDFs is.
    from lms.certificates.stamping import StampAway, stamping

    certificate = queries.by_id(certificate_id)
    if certificate is None or certificate.pdf_digest is not None:
        return
    keys = ring(settings())
    try:
        data = service.make_pdf(certificate, keys, stamping(settings(), keys, now=clock.now()))
    except (KeyAway, StampAway) as away:
        raise NotNow(str(away)) from away
    db.session.rollback()  # the read transaction; nobody waits for a PDF inside a write
    with transaction():
        again = queries.by_id(certificate_id)
        if again is not None:
            service.file_pdf(again, data, blobs())


@scheduled("30 7 * * *", "certificates.expiring")
def remind_of_expiry() -> None:
    """Tell holders of certificates that end; a second run tells nobody twice."""
    for certificate_id, step in list(expiry.due(clock.today(ZONE))):
        with transaction():
            expiry.remind(certificate_id, step)
