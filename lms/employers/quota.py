"""How many codes an organisation may still have checked today, counted in one row of the day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from lms.db import db, insert_into
from lms.employers.models import CheckDay
from lms.kernel.errors import TooMany
from lms.people.models import Organisation


def left(organisation: Organisation, most: int, *, now: datetime) -> int:
    """How many of ``most`` a day are left: to be shown, not to be relied upon."""
    return max(0, most - _taken(organisation.id, _day(organisation, now)))


def take(organisation: Organisation, count: int, most: int, *, now: datetime) -> None:
    """Count so many in the caller's transaction; raises TooMany when they are not all left.

    The statement asks and counts at once: whoever comes at the same moment waits for the row.
    """
    day = _day(organisation, now)
    beginning = insert_into(CheckDay).values(organisation_id=organisation.id, day=day, taken=0)
    db.session.execute(beginning.on_conflict_do_nothing())
    counting = (
        update(CheckDay)
        .where(
            CheckDay.organisation_id == organisation.id,
            CheckDay.day == day,
            CheckDay.taken + count <= most,
        )
        .values(taken=CheckDay.taken + count)
        .returning(CheckDay.id)
    )
    if db.session.execute(counting).first() is None:
        renews = datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(organisation.timezone))
        raise TooMany(
            "checks-quota",
            seconds=int((renews - now).total_seconds()) + 1,
            left=max(0, most - _taken(organisation.id, day)),
            renews=f"{renews:%Y-%m-%d %H:%M}",
        )


def _taken(organisation_id: int, day: date) -> int:
    query = select(CheckDay.taken).where(
        CheckDay.organisation_id == organisation_id, CheckDay.day == day
    )
    return db.session.scalar(query) or 0


def _day(organisation: Organisation, now: datetime) -> date:
    return now.astimezone(ZoneInfo(organisation.timezone)).date()
