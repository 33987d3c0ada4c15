"""Reads of intakes and applications; a bounded number of statements each."""

from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.admissions.models import (
    Application,
    ApplicationDocument,
    Intake,
    IntakeMember,
    InterviewSlot,
    Recommendation,
)
from lms.admissions.states import BEFORE_COMMITTEE, READ
from lms.db import db
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Role
from lms.people import queries as people_queries
from lms.people.models import User
from lms.programmes.models import Programme, ProgrammeState

_INTAKE = joinedload(Intake.programme).joinedload(Programme.provider)
_MEMBERS = selectinload(Intake.members).joinedload(IntakeMember.user)
MOST = 500
"""Applications that one page or file shows."""


def intake(public_id: str) -> Intake:
    """An intake with its programme and committee; raises NotFound."""
    query = select(Intake).where(Intake.public_id == public_id).options(_INTAKE, _MEMBERS)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def of_programme(programme: Programme) -> list[Intake]:
    """All intakes of a programme, the newest first."""
    query = (
        select(Intake)
        .where(Intake.programme_id == programme.id)
        .options(_INTAKE)
        .order_by(Intake.begins_on.desc(), Intake.id.desc())
    )
    return list(db.session.scalars(query))


def open_now(programme: Programme, now: datetime) -> list[Intake]:
    """Intakes of a published programme that take applications, or soon will."""
    if programme.state != ProgrammeState.PUBLISHED:
        return []
    query = (
        select(Intake)
        .where(Intake.programme_id == programme.id, Intake.closes_at >= now)
        .options(_INTAKE)
        .order_by(Intake.begins_on, Intake.id)
    )
    return list(db.session.scalars(query))


def application(public_id: str) -> Application:
    """An application with everything its pages show; raises NotFound."""
    query = (
        select(Application)
        .where(Application.public_id == public_id)
        .options(
            joinedload(Application.user).joinedload(User.organisation),
            joinedload(Application.slot),
            joinedload(Application.intake).options(_INTAKE, _MEMBERS),
            selectinload(Application.documents),
            selectinload(Application.recommendations).joinedload(Recommendation.member),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def own(intake_id: int, user_id: int) -> Application | None:
    """A person's application to an intake."""
    query = select(Application).where(
        Application.intake_id == intake_id, Application.user_id == user_id
    )
    return db.session.scalar(query)


def of_person(user_id: int) -> list[Application]:
    """All applications of a person, the newest first."""
    query = (
        select(Application)
        .where(Application.user_id == user_id)
        .options(joinedload(Application.intake).options(_INTAKE))
        .order_by(Application.id.desc())
        .limit(MOST)
    )
    return list(db.session.scalars(query))


def of_intake(found: Intake) -> list[Application]:
    """What was sent to an intake, in the order in which it came."""
    query = (
        select(Application)
        .where(
            Application.intake_id == found.id,
            Application.state.in_([each.value for each in READ]),
            Application.sent_at.is_not(None),
        )
        .options(
            joinedload(Application.user).joinedload(User.organisation),
            joinedload(Application.slot),
            selectinload(Application.recommendations),
        )
        .order_by(Application.sent_at, Application.id)
        .limit(MOST)
    )
    return list(db.session.scalars(query))


def counts(found: Intake) -> dict[str, int]:
    """How many applications that were sent stand where."""
    query = (
        select(Application.state, func.count())
        .where(Application.intake_id == found.id, Application.sent_at.is_not(None))
        .group_by(Application.state)
    )
    return {state: number for state, number in db.session.execute(query) if state in READ}


def to_recommend(user_id: int, now: datetime) -> list[tuple[Intake, int]]:
    """Intakes whose committee the person is of, with the applications that wait for a word."""
    said = exists().where(
        Recommendation.application_id == Application.id, Recommendation.member_id == user_id
    )
    query = (
        select(Intake, func.count(Application.id))
        .join(IntakeMember, IntakeMember.intake_id == Intake.id)
        .outerjoin(
            Application,
            and_(
                Application.intake_id == Intake.id,
                Application.state.in_([each.value for each in BEFORE_COMMITTEE]),
                Application.user_id != user_id,
                ~said,
            ),
        )
        .where(
            IntakeMember.user_id == user_id,
            or_(Intake.closes_at >= now, Application.id.is_not(None)),
        )
        .group_by(Intake.id)
        .options(_INTAKE)
        .order_by(Intake.begins_on, Intake.id)
    )
    return [(one, number) for one, number in db.session.execute(query)]


def document_of(found: Application, public_id: str) -> ApplicationDocument:
    """A document of this application and of no other; raises NotFound."""
    for one in found.documents:
        if one.public_id == public_id:
            return one
    raise NotFound


def slots(found: Intake) -> list[InterviewSlot]:
    """The interview times of an intake with who comes, by time."""
    query = (
        select(InterviewSlot)
        .where(InterviewSlot.intake_id == found.id)
        .options(joinedload(InterviewSlot.application).joinedload(Application.user))
        .order_by(InterviewSlot.starts_at, InterviewSlot.id)
    )
    return list(db.session.scalars(query))


def free_slots(found: Application, now: datetime) -> list[InterviewSlot]:
    """The times an applicant can choose from, their own included."""
    query = (
        select(InterviewSlot)
        .where(
            InterviewSlot.intake_id == found.intake_id,
            InterviewSlot.starts_at > now,
            or_(InterviewSlot.application_id.is_(None), InterviewSlot.application_id == found.id),
        )
        .order_by(InterviewSlot.starts_at, InterviewSlot.id)
    )
    return list(db.session.scalars(query))


def slot_of(found: Intake, public_id: str) -> InterviewSlot:
    """An interview time of this intake and of no other; raises NotFound."""
    query = select(InterviewSlot).where(
        InterviewSlot.intake_id == found.id, InterviewSlot.public_id == public_id
    )
    slot = db.session.scalar(query)
    if slot is None:
        raise NotFound
    return slot


STAFF = (Role.TRAINER, Role.COURSE_MANAGER, Role.REGISTRAR)
"""Of whom committees are made."""


def candidates(found: Intake) -> list[User]:
    """Who may be named for the committee: staff of the provider who are not in it, by name."""
    path = found.programme.provider.path
    inside = {member.user_id for member in found.members}
    staff = {
        user.id: user
        for role in STAFF
        for user in people_queries.users_with_role(role, path)
        if user.id not in inside
    }
    return sorted(staff.values(), key=lambda user: (user.name, user.id))
