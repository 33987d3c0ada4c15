"""Jobs by the clock: who moves ``next_run`` enqueues the job, in one transaction, so once."""

from datetime import datetime
from zoneinfo import ZoneInfo

from croniter import croniter
from sqlalchemy import select, update

from lms.db import db, transaction
from lms.jobs import ticks
from lms.jobs.models import Schedule
from lms.jobs.port import SCHEDULES, enqueue
from lms.jobs.rows import insert_new
from lms.kernel import clock
from lms.web.i18n import ZONE


def next_run(cron: str, after: datetime) -> datetime:
    """The next moment of a schedule, in the time zone of the pages."""
    found: datetime = croniter(cron, after.astimezone(ZoneInfo(ZONE))).get_next(datetime)
    return found.astimezone(after.tzinfo)


@ticks.every(1.0)
def turn() -> None:
    """Enqueue what is due; runs that were missed are made up for by one."""
    now = clock.now()
    known = {row.name: row for row in db.session.scalars(select(Schedule))}
    db.session.rollback()
    for name, cron in SCHEDULES.items():
        row = known.get(name)
        if row is None or row.cron != cron:
            _learn(name, cron, now)
        elif row.next_run <= now:
            _fire(row, now)


def _learn(name: str, cron: str, now: datetime) -> None:
    following = next_run(cron, now)
    with transaction():
        if insert_new(Schedule, name=name, cron=cron, next_run=following):
            return
        changed = update(Schedule).where(Schedule.name == name, Schedule.cron != cron)
        db.session.execute(changed.values(cron=cron, next_run=following))


def _fire(row: Schedule, now: datetime) -> None:
    moved = (
        update(Schedule)
        .where(Schedule.name == row.name, Schedule.next_run == row.next_run)
        .values(next_run=next_run(row.cron, now))
        .returning(Schedule.name)
        .execution_options(synchronize_session=False)
    )
    with transaction():
        if db.session.execute(moved).one_or_none() is not None:
            enqueue(row.name)
