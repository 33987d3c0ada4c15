"""Numbers of certificates: an issuer's own, in order and without gaps in each year."""

from contextlib import suppress

from sqlalchemy import bindparam, update

from lms.certificates.models import SerialCounter
from lms.db import db, unique_or
from lms.kernel.errors import Conflict
from lms.people.models import Organisation

# Built once: for each certificate of a batch that would take as long as running it.
_COUNT = (
    update(SerialCounter)
    .where(
        SerialCounter.issuer_id == bindparam("issuer"), SerialCounter.year == bindparam("in_year")
    )
    .values(last=SerialCounter.last + bindparam("count"))
    .returning(SerialCounter.last)
    .execution_options(synchronize_session=False)
)


def next_serials(provider: Organisation, year: int, count: int) -> list[str]:
    """So many numbers of an issuer in a year, the next ones."""
    # The counter row is locked until the certificate commits, so numbers have no gaps.
    last = _counted(provider.id, year, count)
    if last is None:
        # The first of a year: if another transaction is first too, its row is the one to lock.
        with suppress(Conflict), unique_or("counter-raced"):
            db.session.add(SerialCounter(issuer_id=provider.id, year=year, last=0))
        last = _counted(provider.id, year, count)
    if last is None:
        raise LookupError(f"no counter of {provider.code} in {year}")
    return [f"{provider.code}-{year}-{last - left:05d}" for left in reversed(range(count))]


def _counted(issuer_id: int, year: int, count: int) -> int | None:
    return db.session.scalar(_COUNT, {"issuer": issuer_id, "in_year": year, "count": count})
