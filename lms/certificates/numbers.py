"""Numbers of certificates: an issuer's own, in order and without gaps in each year."""

from contextlib import suppress

from sqlalchemy import select

from lms.certificates.models import SerialCounter
from lms.db import db, unique_or
from lms.kernel.errors import Conflict
from lms.people.models import Organisation


def next_serial(provider: Organisation, year: int) -> str:
    """The next number of an issuer in a year."""
    # The counter row is locked until the certificate commits, so numbers have no gaps.
    query = (
        select(SerialCounter)
        .where(SerialCounter.issuer_id == provider.id, SerialCounter.year == year)
        .with_for_update()
    )
    counter = db.session.scalar(query)
    if counter is None:
        # The first of a year: if another transaction is first too, its row is the one to lock.
        with suppress(Conflict), unique_or("counter-raced"):
            db.session.add(SerialCounter(issuer_id=provider.id, year=year, last=0))
        counter = db.session.scalars(query).one()
    counter.last += 1
    db.session.flush()
    return f"{provider.code}-{year}-{counter.last:05d}"
