"""Who shares a certificate: its holder alone."""

from lms.certificates import queries as certificate_queries
from lms.certificates.models import Certificate
from lms.certificates.permissions import holder, nothing_yet
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, allow, allowed, signed_in


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.SHARING_LINK_CREATE, (signed_in, nothing_yet), (holder,))


def access_certificate(public_id: str, actor: Actor) -> Certificate:
    """A certificate for its holder; for others it is not there."""
    found = certificate_queries.by_public_id(public_id)
    if not allowed(actor, Permission.SHARING_LINK_CREATE, found):
        raise NotFound
    return found
