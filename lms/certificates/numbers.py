"""Numbers of certificates: an issuer's own, in order and without gaps in each year."""

from contextlib import suppress

from sqlalchemy import update

from lms.certificates.models import SerialCounter
from lms.db import db, unique_or
from lms.kernel.errors import Conflict
from lms.people.models import Organisation


def next_serial(provider: Organisation, year: int) -> str:
    """The next number of an issuer in a year."""
    # The counter row is locked until the certificate commits, so numbers have no gaps.
    number = _counted(provider.id, year)
    if number is None:
        # The first of a year: if another transaction is first too, its row is the one to lock.
        with suppress(Conflict), unique_or("counter-raced"):
            db.session.add(SerialCounter(issuer_id=provider.id, year=year, last=0))
        number = _counted(provider.id, year)
    if number is None:
        raise LookupError(f"no counter of {provider.code} in {year}")
    return f"{provider.code}-{year}-{number:05d}"


def _counted(issuer_id: int, year: int) -> int | None:
    grown = (
        update(SerialCounter)
        .where(SerialCounter.issuer_id == issuer_id, SerialCounter.year == year)
        .values(last=SerialCounter.last + 1)
        .returning(SerialCounter.last)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(grown)
