"""Verbs of watches: begin and end them."""

from datetime import datetime

from sqlalchemy import insert

from lms.audit import service as audit
from lms.db import db, lock
from lms.employers import watch_queries
from lms.employers.models import Watch
from lms.kernel import codes, secret_addresses
from lms.kernel.errors import Conflict, NotFound
from lms.people.models import Organisation

MOST = 20_000
_PURPOSE = "watch"


def begin(
    organisation: Organisation, wanted: watch_queries.Wanted, *, by: int, now: datetime
) -> int:
    """Watch those of ``wanted`` that are in use; how many are new.

    Raises Conflict beyond twenty thousand. The organisation is held: who comes at the same moment
    waits, and counts what came before.
    """
    lock(organisation)
    new = watch_queries.not_watched(organisation.id, wanted)
    if not new:
        return 0
    if watch_queries.count(organisation.id) + len(new) > MOST:
        raise Conflict("watches-too-many")
    values = [
        {
            "public_id": codes.new_public_id(),
            "organisation_id": organisation.id,
            "certificate_id": certificate_id,
            "asked_by_id": by,
            "created_at": now,
        }
        for certificate_id in new
    ]
    db.session.execute(insert(Watch), values)
    audit.record(by, "employers.watch.begun", organisation, count=len(new))
    return len(new)


def end(watch: Watch, *, by: int) -> None:
    """Be told no more."""
    audit.record(by, "employers.watch.ended", watch.organisation, serial=watch.certificate.serial)
    db.session.delete(watch)
    db.session.flush()


def proof_of(public_id: str, key: str) -> str:
    """What the page of a verdict hands out, so that what was checked can be watched.

    It does not tell the code: whoever opened a link of the holder has not got that.
    """
    return secret_addresses.token(_PURPOSE, public_id, key)


def proven(proof: str, key: str) -> str:
    """The public id of the certificate that a proof is of; raises NotFound."""
    public_id = secret_addresses.named_by(proof)
    if not secret_addresses.is_token(proof, _PURPOSE, public_id, key):
        raise NotFound
    return public_id
