"""Reads for notices: who is to be told, and what was; a bounded number of statements each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.catalogue.kinds import OfferingState
from lms.catalogue.models import Course, CourseVersion, Offering
from lms.db import db
from lms.enrolment import agency_queries
from lms.enrolment.models import Approval, Enrolment
from lms.enrolment.states import ENDED, State
from lms.kernel.paging import Page
from lms.kernel.permissions import Role
from lms.mail.models import MailMessage
from lms.notices import rules
from lms.people.models import Organisation, RoleGrant, User
from lms.people.queries import under

PAGE_SIZE = 50
_MOST = 500
_RUNNING = (OfferingState.OPEN.value, OfferingState.CLOSED.value)


@dataclass(frozen=True)
class Told:
    """A mail about a place, with the person whose place it is."""

    mail: MailMessage
    person: User


def offerings_to_remind_of(today: date) -> list[Offering]:
    """Offerings whose people are reminded today; ``today`` is the latest day anywhere."""
    query = (
        select(Offering)
        .where(
            Offering.state.in_(_RUNNING),
            Offering.remind_days > 0,
            Offering.starts_on >= today - timedelta(days=1),
            Offering.starts_on <= today + timedelta(days=rules.MOST_REMIND_DAYS),
        )
        .options(
            joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.provider)
        )
        .order_by(Offering.id)
    )
    return list(db.session.scalars(query))


def overdue_approvals(before: datetime) -> list[Approval]:
    """What is to be decided since before then, oldest first, whoever's turn it is."""
    query = (
        select(Approval)
        .join(Approval.enrolment)
        .where(
            Approval.agreed.is_(None),
            Enrolment.state == State.APPLIED.value,
            Approval.created_at < before,
        )
        .options(
            contains_eager(Approval.enrolment).options(
                joinedload(Enrolment.user).joinedload(User.organisation),
                selectinload(Enrolment.approvals),
                joinedload(Enrolment.offering)
                .joinedload(Offering.course_version)
                .joinedload(CourseVersion.course)
                .joinedload(Course.provider),
            )
        )
        .order_by(Approval.created_at, Approval.id)
        .limit(_MOST)
    )
    return list(db.session.scalars(query))


def coordinators() -> dict[int, tuple[str, ...]]:
    """The paths of the agencies of every active coordinator, by account id."""
    query = (
        select(RoleGrant.user_id, Organisation.path)
        .join(RoleGrant.organisation)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.role == Role.AGENCY_COORDINATOR.value, User.is_active)
        .order_by(RoleGrant.user_id, Organisation.path)
    )
    found: dict[int, tuple[str, ...]] = {}
    for user_id, path in db.session.execute(query):
        found[user_id] = (*found.get(user_id, ()), path)
    return found


def places_of_week(paths: tuple[str, ...], now: datetime, today: date) -> list[Enrolment]:
    """Places of the agencies' officers that a coordinator hears of, soonest first."""
    ended = [*(state.value for state in ENDED)]
    query = (
        select(Enrolment)
        .join(Enrolment.user)
        .join(User.organisation)
        .join(Enrolment.offering)
        .where(
            under(paths),
            or_(
                and_(Enrolment.state.not_in(ended), Offering.ends_on >= today),
                and_(Enrolment.state.in_(ended), Enrolment.ended_at >= now - rules.WEEK),
                and_(
                    Enrolment.state == State.NO_SHOW.value,
                    Offering.ends_on >= today - rules.WEEK,
                ),
            ),
        )
        .options(
            contains_eager(Enrolment.user).contains_eager(User.organisation),
            contains_eager(Enrolment.offering).joinedload(Offering.course_version),
        )
        .order_by(Offering.starts_on, Enrolment.id)
        .limit(_MOST)
    )
    return list(db.session.scalars(query))


def to_decide(paths: tuple[str, ...]) -> list[Approval]:
    """The applications that wait for coordinators of these agencies."""
    return agency_queries.approvals_waiting(paths, ())


def told_of_offering(offering: Offering, number: int) -> Page[Told]:
    """A page of the mails about places of an offering, newest first (two statements)."""
    query = _told().where(Enrolment.offering_id == offering.id)
    count = select(func.count()).select_from(query.with_only_columns(MailMessage.id).subquery())
    total = db.session.scalar(count) or 0
    rows = db.session.execute(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page(_as_told(rows), total, number, PAGE_SIZE)


def latest_told_of_offering(offering: Offering, most: int) -> list[Told]:
    """The newest of them, for a file."""
    query = _told().where(Enrolment.offering_id == offering.id).limit(most)
    return _as_told(db.session.execute(query))


def told_person(place: Enrolment) -> list[MailMessage]:
    """What the person whose place it is was told, newest first, fifty at most."""
    query = (
        select(MailMessage)
        .where(MailMessage.about == place.public_id, MailMessage.kind.not_in(_TO_OTHERS))
        .order_by(MailMessage.id.desc())
        .limit(PAGE_SIZE)
    )
    return list(db.session.scalars(query))


_TO_OTHERS = ("enrolment/approval", "enrolment/copy")


def _told() -> Select[MailMessage, User]:
    return (
        select(MailMessage, User)
        .join(Enrolment, Enrolment.public_id == MailMessage.about)
        .join(User, User.id == Enrolment.user_id)
        .order_by(MailMessage.id.desc())
    )


def _as_told(rows: Iterable[tuple[MailMessage, User]]) -> list[Told]:
    return [Told(mail, person) for mail, person in rows]
