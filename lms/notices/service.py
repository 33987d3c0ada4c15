"""Verbs of notices: what the clock makes us write, each once for good."""

from datetime import date, datetime

from lms.audit import service as audit
from lms.catalogue.kinds import CopiedTo
from lms.catalogue.models import Offering
from lms.enrolment import notices
from lms.enrolment import queries as enrolment_queries
from lms.enrolment.models import Approval
from lms.enrolment.states import State
from lms.jobs.port import first_time
from lms.kernel.errors import Invalid
from lms.mail import service as mail
from lms.notices import queries, rules
from lms.people.models import User

REMINDER, OVERDUE, WEEKLY = notices.REMINDER, "overdue", "weekly"


def remind(offering: Offering, *, today: date) -> int:
    """Remind everybody with a seat of the first day, once for each first day; how many."""
    if not rules.is_reminder_due(offering.starts_on, offering.remind_days, today):
        return 0
    told = 0
    for place in enrolment_queries.confirmed(offering.id):
        if place.state == State.CONFIRMED and first_time(
            f"{REMINDER}:{place.public_id}:{offering.starts_on}"
        ):
            notices.tell(place, REMINDER, kind="notices/reminder")
            told += 1
    return told


def remind_of_decision(approval: Approval, *, now: datetime) -> bool:
    """Ask once more for a decision that waits too long, if it is this one's turn."""
    place = approval.enrolment
    if enrolment_queries.open_approval(place) is not approval:
        return False
    if now - _asked_at(approval) < rules.OVERDUE:
        return False
    if not first_time(f"{OVERDUE}:{approval.public_id}"):
        return False
    notices.ask(approval, OVERDUE)
    return True


def _asked_at(approval: Approval) -> datetime:
    """When its turn came: when the one before it had agreed, else when the person applied."""
    earlier = [
        each.decided_at
        for each in approval.enrolment.approvals
        if each.position < approval.position and each.decided_at is not None
    ]
    return max(earlier, default=approval.created_at)


def summarise(coordinator: User, paths: tuple[str, ...], *, now: datetime, today: date) -> bool:
    """Mail a coordinator what moves among the officers this week, if anything does."""
    week = rules.week_of(queries.places_of_week(paths, now, today), today)
    decisions = queries.to_decide(paths)
    if week.is_empty and not decisions:
        return False
    year, number, _ = today.isocalendar()
    if not first_time(f"{WEEKLY}:{coordinator.public_id}:{year}-{number}"):
        return False
    mail.send(
        coordinator.email,
        "notices/week",
        coordinator.locale,
        subject=mail.Subject(coordinator.public_id, WEEKLY),
        name=coordinator.name,
        week=week,
        decisions=decisions,
    )
    return True


def set_reminder(offering: Offering, days: int, *, by: int | None) -> None:
    """How many days before the first one people are reminded; 0 for not at all."""
    if not 0 <= days <= rules.MOST_REMIND_DAYS:
        raise Invalid(fields={"days": "reminder-days-wrong"})
    before, offering.remind_days = offering.remind_days, days
    audit.record(by, "notices.reminder.set", offering, before=before, after=days)


def set_copies(offering: Offering, copies: list[CopiedTo], *, by: int | None) -> None:
    """Who is told, beside the person, what becomes of a place."""
    before, offering.copies = offering.copies, [each.value for each in CopiedTo if each in copies]
    if before != offering.copies:
        words = [", ".join(some) for some in (before, offering.copies)]
        audit.record(by, "notices.copies.set", offering, before=words[0], after=words[1])
