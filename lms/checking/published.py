"""What the issuer publishes for those who check by themselves, made of the rows as they are now."""

from datetime import datetime
from typing import Any

from lms.certificates import revocation, status_list, status_places
from lms.certificates.keyring import ring
from lms.checking import bundle
from lms.kernel.errors import NotFound
from lms.transparency import keys as log_keys
from lms.transparency import service as transparency
from lms.web.running import settings


def status(number: int, *, now: datetime) -> dict[str, Any]:
    """One signed list of what was withdrawn; raises NotFound when there is no such list."""
    if number not in status_places.numbers():
        raise NotFound
    return _signed(number, status_places.revoked(number), now)


def _signed(number: int, revoked: list[int], now: datetime) -> dict[str, Any]:
    url = status_list.address(settings().host, number)
    return status_list.status_credential(ring(settings()), url=url, revoked=revoked, now=now)


def distrusted() -> bundle.Distrusted:
    """What was ours once and is not believed any more, because somebody else has the key."""
    keys = ring(settings())
    signers = revocation.refused(settings().pki, keys)
    return bundle.Distrusted(tuple(keys.stolen_methods), tuple(sorted(signers)))


def trust_bundle(*, now: datetime) -> bytes:
    """Keys, root, lists and checkpoint in one file."""
    log = bundle.LogNow(log_keys.verifier().text, transparency.checkpoint())
    revoked = status_places.revoked_everywhere()
    lists = [_signed(each, revoked.get(each, []), now) for each in status_places.numbers()]
    return bundle.make(ring(settings()), log, lists, distrusted(), now=now)
