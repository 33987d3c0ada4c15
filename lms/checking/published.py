"""What the issuer publishes for those who check by themselves, made of the rows as they are now."""

from datetime import datetime
from typing import Any

from lms.certificates import queries, status_list
from lms.certificates.keyring import ring
from lms.checking import bundle
from lms.transparency import keys as log_keys
from lms.transparency import service as transparency
from lms.web.running import settings


def status(*, now: datetime) -> dict[str, Any]:
    """The signed list of what was withdrawn."""
    return status_list.status_credential(
        ring(settings()),
        url=f"https://{settings().host}/status/revocation/1",
        revoked=queries.revoked_indexes(),
        now=now,
    )


def trust_bundle(*, now: datetime) -> bytes:
    """Keys, root, list and checkpoint in one file."""
    log = bundle.LogNow(log_keys.verifier().text, transparency.checkpoint())
    return bundle.make(ring(settings()), log, status(now=now), now=now)
