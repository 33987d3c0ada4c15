"""What the clock makes us write; each transaction is one offering, approval or coordinator."""

from lms.db import db, transaction
from lms.jobs.port import scheduled
from lms.kernel import clock
from lms.notices import queries, rules, service
from lms.people.models import User
from lms.web.i18n import ZONE


@scheduled("0 7 * * *", "notices.remind")
def remind() -> None:
    """Remind people of courses that begin, and deciders of what waits; a second run adds none."""
    now = clock.now()
    for offering in queries.offerings_to_remind_of(clock.today(ZONE)):
        with transaction():
            today = clock.today(offering.course_version.course.provider.timezone)
            service.remind(offering, today=today)
    for approval in queries.overdue_approvals(now - rules.OVERDUE):
        with transaction():
            service.remind_of_decision(approval, now=now)


@scheduled("30 6 * * 1", "notices.week")
def tell_week() -> None:
    """Mail each coordinator their week; a second run adds none."""
    now, today = clock.now(), clock.today(ZONE)
    for user_id, paths in queries.coordinators().items():
        with transaction():
            coordinator = db.session.get_one(User, user_id)
            service.summarise(coordinator, paths, now=now, today=today)
