"""What of this feature moves when two accounts of one person become one."""

from lms.certificates.models import Certificate, CertificateHold
from lms.people import moving


def declare() -> None:
    """State it."""
    moving.moves(Certificate.user_id)
    moving.stays(Certificate.issued_by_id, "who issued it then")
    moving.stays(CertificateHold.held_by_id, "who held it back then")
    moving.stays(CertificateHold.released_by_id, "who released it then")
