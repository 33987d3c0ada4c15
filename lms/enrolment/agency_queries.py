"""Reads for agencies and for those who are asked to agree: officers, applications, terms."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from lms.catalogue.kinds import Approver
from lms.catalogue.models import Course, CourseVersion, Offering, SeatTerms
from lms.db import db
from lms.enrolment.models import Approval, Enrolment
from lms.enrolment.states import ENDED, State
from lms.kernel.errors import NotFound
from lms.kernel.text import key as text_key
from lms.people.models import Organisation, User
from lms.people.queries import under

MOST_WAITING = 100
"""Approvals that one page shows."""
_ACTIVE = Enrolment.state.not_in([state.value for state in ENDED])


def approval_by_public_id(public_id: str) -> Approval:
    """An approval with its place, person, offering and provider; raises NotFound."""
    found = db.session.scalar(_approvals().where(Approval.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def _approvals() -> Select[Approval]:
    return (
        select(Approval)
        .join(Approval.enrolment)
        .join(Enrolment.user)
        .outerjoin(User.organisation)
        .options(
            contains_eager(Approval.enrolment).options(
                contains_eager(Enrolment.user).contains_eager(User.organisation),
                selectinload(Enrolment.approvals),
                joinedload(Enrolment.offering)
                .joinedload(Offering.course_version)
                .joinedload(CourseVersion.course)
                .joinedload(Course.provider),
            )
        )
    )


def approvals_waiting(
    agencies: tuple[str, ...],
    providers: tuple[str, ...],
    user_id: int | None = None,
    *,
    most: int = MOST_WAITING,
) -> list[Approval]:
    """What coordinators of agencies, managers of providers and a line manager are asked.

    Oldest first; only the one whose turn it is.
    """
    earlier = aliased(Approval)
    before = select(earlier.id).where(
        earlier.enrolment_id == Approval.enrolment_id,
        earlier.position < Approval.position,
        earlier.agreed.is_(None),
    )
    provider = aliased(Organisation)
    of_provider = (
        select(Offering.id)
        .join(Offering.course_version)
        .join(CourseVersion.course)
        .join(provider, provider.id == Course.provider_id)
        .where(or_(false(), *(provider.path.startswith(p, autoescape=True) for p in providers)))
    )
    query = (
        _approvals()
        .where(
            Approval.agreed.is_(None),
            Enrolment.state == State.APPLIED.value,
            ~before.exists(),
            or_(
                and_(Approval.approver == Approver.AGENCY.value, under(agencies)),
                and_(
                    Approval.approver == Approver.LINE_MANAGER.value,
                    or_(
                        false() if user_id is None else _reports_to(user_id),
                        and_(_reports_to_nobody(), under(agencies)),
                    ),
                ),
                and_(
                    Approval.approver == Approver.PROVIDER.value,
                    Enrolment.offering_id.in_(of_provider),
                ),
            ),
        )
        .order_by(Approval.created_at, Approval.id)
        .limit(most)
    )
    return list(db.session.scalars(query).unique())


def _reports_to(user_id: int) -> ColumnElement[bool]:
    return and_(User.line_manager_id == user_id, User.id != user_id)


def _reports_to_nobody() -> ColumnElement[bool]:
    # As ``User.reports_to`` has it.
    manager = aliased(User)
    asked = select(manager.id).where(
        manager.id == User.line_manager_id, manager.is_active, manager.id != User.id
    )
    return ~asked.exists()


@dataclass(frozen=True)
class Officer:
    """One whom a coordinator may nominate, and the place that stands in the way, if any."""

    user: User
    standing: Enrolment | None


def officers(paths: tuple[str, ...], offering: Offering, wanted: str) -> list[Officer]:
    """Active people of the agencies, by name, two hundred at most (two statements)."""
    part = text_key(wanted)
    query = (
        select(User)
        .join(User.organisation)
        .where(under(paths), User.is_active, User.name_key.contains(part, autoescape=True))
        .options(contains_eager(User.organisation))
        .order_by(User.name_key, User.id)
        .limit(200)
    )
    people = list(db.session.scalars(query))
    places = db.session.scalars(
        select(Enrolment).where(
            Enrolment.offering_id == offering.id,
            Enrolment.user_id.in_([user.id for user in people]),
            _ACTIVE,
        )
    )
    standing = {place.user_id: place for place in places}
    return [Officer(user, standing.get(user.id)) for user in people]


def colleagues(place: Enrolment) -> list[User]:
    """Active people of the same office without a place in the offering, by name."""
    office = place.user.organisation
    if office is None:
        return []
    return [
        one.user
        for one in officers((office.path,), place.offering, "")
        if one.standing is None and one.user.organisation_id == office.id
    ]


def terms_of(offering: Offering) -> list[SeatTerms]:
    """The terms of agencies in an offering, by name."""
    query = (
        select(SeatTerms)
        .join(SeatTerms.organisation)
        .where(SeatTerms.offering_id == offering.id)
        .options(contains_eager(SeatTerms.organisation))
        .order_by(Organisation.name, SeatTerms.id)
    )
    return list(db.session.scalars(query))
