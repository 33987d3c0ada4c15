"""A place for an address of which the course manager may not know whether it has an account.

Nothing tells them apart: in every case a mail goes to the address, and whoever signs in with it
takes the place by the link, which carries what the manager said and is kept nowhere.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from lms.audit import service as audit
from lms.catalogue.models import Offering, SeatPool
from lms.enrolment import service
from lms.enrolment.models import Enrolment
from lms.kernel import sealed_text, text
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.mail import service as mail
from lms.people.models import User

DAYS = 14
_PURPOSE = "admission"


@dataclass(frozen=True)
class Promise:
    """Who is let in where, by whom and why; ``until`` is the last moment in ISO 8601.

    ``person`` is a digest: a link stands in logs, and addresses of people must not.
    """

    offering: str
    person: str
    pool: str
    reason: str
    by: int
    until: str


def promise(  # what is promised, to whom, and what the link is made with
    offering: Offering, email: str, reason: str, *, pool: SeatPool, by: User, now: datetime
) -> Promise:
    """Let whoever has this address in, once they say so; raises as ``service.admit``."""
    service.check_admission(offering, reason, now=now)
    until = (now + timedelta(days=DAYS)).isoformat()
    person = _digest(text.key(email))
    made = Promise(offering.public_id, person, pool.public_id, reason.strip(), by.id, until)
    # Not the address: the trail is read by many.
    audit.record(by.id, "enrolment.promised", offering, reason=made.reason)
    return made


def tell(made: Promise, offering: Offering, *, email: str, by: User, link: str) -> None:
    """Mail the link; in the manager's language, for nothing is known of who reads it."""
    mail.send(
        email.strip(),
        "enrolment/promise",
        by.locale,
        inviter=by.name,
        offering=offering,
        link=link,
        days=DAYS,
        reason=made.reason,
    )


def sealed(made: Promise, key: str) -> str:
    """What the link carries."""
    return sealed_text.sealed(asdict(made), _PURPOSE, key)


def opened(proof: str, offering: Offering, user: User, key: str) -> Promise:
    """What a link promises to this person; raises NotFound for any other link or person."""
    said = sealed_text.opened(proof, _PURPOSE, key)
    if said is None:
        raise NotFound
    found = Promise(
        offering=str(said["offering"]),
        person=str(said["person"]),
        pool=str(said["pool"]),
        reason=str(said["reason"]),
        by=int(said["by"]),
        until=str(said["until"]),
    )
    if (found.offering, found.person) != (offering.public_id, _digest(user.email_key)):
        raise NotFound
    return found


def _digest(email_key: str) -> str:
    return hashlib.sha256(email_key.encode()).hexdigest()


def keep(made: Promise, offering: Offering, user: User, *, now: datetime) -> Enrolment:
    """Let the person in as promised; raises Conflict when that is too old, else as ``admit``."""
    if datetime.fromisoformat(made.until) < now:
        raise Conflict("promise-over")
    pool = next((one for one in offering.pools if one.public_id == made.pool), None)
    if pool is None:
        raise Invalid(fields={"pool": "seat-kind-missing"})
    return service.admit(offering, user, made.reason, by=made.by, now=now, pool=pool)
