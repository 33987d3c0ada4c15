"""Reads for administrators: who there is, what roles they hold, what waits to be confirmed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from lms.db import db
from lms.kernel import text
from lms.kernel.errors import NotFound
from lms.kernel.paging import Page
from lms.kernel.permissions import Actor, Role
from lms.people import rules, served
from lms.people.administration_models import ProposalState, RoleProposal
from lms.people.models import Organisation, RoleGrant, User
from lms.people.queries import under

T = TypeVar("T")

PAGE = 50
MOST_CHOICES = 1000


@dataclass(frozen=True)
class Held:
    """A role somebody holds, with who gave it when."""

    grant: RoleGrant
    granted_by: str | None


def reach(actor: Actor) -> ColumnElement[bool]:
    """A condition on User: administrators see the people of their organisations and roles there.

    People who belong nowhere are seen by administrators of a root organisation.
    """
    paths = actor.paths(Role.ADMINISTRATOR)
    home = User.organisation_id.in_(select(Organisation.id).where(under(paths)))
    at_work = User.id.in_(
        select(RoleGrant.user_id)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(under(paths))
    )
    nowhere = User.organisation_id.is_(None) if rules.roots_of(actor) else false()
    return or_(home, at_work, nowhere)


def looks_after(actor: Actor, user_id: int) -> bool:
    """Whether an administrator sees the person; one statement."""
    return db.session.scalar(select(User.id).where(User.id == user_id, reach(actor))) is not None


def with_identity(user: int | str, actor: Actor) -> User | None:
    """The person, by internal or public id, whose identity number the actor may see."""
    which = User.id == user if isinstance(user, int) else User.public_id == user
    # The registrars of a provider certify people of every agency: those of its own courses.
    certified = served.served_by(actor.paths(Role.REGISTRAR))
    query = select(User).where(which, or_(reach(actor), certified))
    return db.session.scalar(query)


def page_of(actor: Actor, wanted: str, number: int, size: int = PAGE) -> Page[User]:
    """A page of the people an administrator sees, by name; two statements."""
    condition = and_(reach(actor), _holding(wanted))
    total = db.session.scalar(select(func.count(User.id)).where(condition)) or 0
    query = (
        select(User)
        .where(condition)
        .options(joinedload(User.organisation))
        .order_by(User.name_key, User.id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page(list(db.session.scalars(query)), total, number, size)


def _holding(wanted: str) -> ColumnElement[bool]:
    part = text.key(wanted)
    return or_(
        User.name_key.contains(part, autoescape=True),
        User.email_key.contains(part, autoescape=True),
    )


def roles_of(user_ids: Collection[int]) -> dict[int, list[RoleGrant]]:
    """The roles people hold, by internal id; one statement."""
    query = (
        select(RoleGrant)
        .where(RoleGrant.user_id.in_(user_ids))
        .options(joinedload(RoleGrant.organisation))
        .order_by(RoleGrant.id)
    )
    found: dict[int, list[RoleGrant]] = {}
    for grant in db.session.scalars(query):
        found.setdefault(grant.user_id, []).append(grant)
    return found


def held_by(user_id: int) -> list[Held]:
    """A person's roles with who gave them; one statement."""
    giver = aliased(User)
    query = (
        select(RoleGrant, giver.name)
        .join(RoleGrant.organisation)
        .outerjoin(giver, giver.id == RoleGrant.granted_by_id)
        .where(RoleGrant.user_id == user_id)
        .options(contains_eager(RoleGrant.organisation))
        .order_by(RoleGrant.id)
    )
    return [Held(grant, name) for grant, name in db.session.execute(query)]


def grant_of(user: User, role: Role, organisation: Organisation) -> RoleGrant | None:
    """The person's role over just this organisation."""
    query = select(RoleGrant).where(
        RoleGrant.user_id == user.id,
        RoleGrant.role == role.value,
        RoleGrant.organisation_id == organisation.id,
    )
    return db.session.scalar(query)


def grant_at(user: User, role: str, organisation_id: str) -> RoleGrant:
    """A role of this person and of nobody else, by the organisation's public id."""
    query = (
        select(RoleGrant)
        .join(RoleGrant.organisation)
        .where(
            RoleGrant.user_id == user.id,
            RoleGrant.role == role,
            Organisation.public_id == organisation_id,
        )
        .options(contains_eager(RoleGrant.organisation))
    )
    return _found(db.session.scalar(query))


def person(public_id: str, actor: Actor) -> User:
    """Somebody the administrator sees, active or not; raises NotFound."""
    query = (
        select(User)
        .where(User.public_id == public_id, reach(actor))
        .options(joinedload(User.organisation))
    )
    return _found(db.session.scalar(query))


def members_of(paths: tuple[str, ...], number: int, size: int = PAGE) -> Page[User]:
    """A page of the active people of these organisations, by name; two statements."""
    inside = and_(User.is_active, Organisation.id == User.organisation_id, under(paths))
    total = db.session.scalar(select(func.count(User.id)).where(inside)) or 0
    query = (
        select(User)
        .join(User.organisation)
        .where(User.is_active, under(paths))
        .options(contains_eager(User.organisation))
        .order_by(User.name_key, User.id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page(list(db.session.scalars(query)), total, number, size)


def member(public_id: str, paths: tuple[str, ...]) -> User:
    """Somebody of these organisations; raises NotFound."""
    query = (
        select(User)
        .join(User.organisation)
        .where(User.public_id == public_id, User.is_active, under(paths))
        .options(contains_eager(User.organisation))
    )
    return _found(db.session.scalar(query))


def organisations_under(paths: tuple[str, ...]) -> list[Organisation]:
    """Organisations at or below any of the paths, by name."""
    query = select(Organisation).where(under(paths)).order_by(Organisation.name, Organisation.id)
    return list(db.session.scalars(query.limit(MOST_CHOICES)))


def organisation_under(public_id: str, paths: tuple[str, ...]) -> Organisation | None:
    """One of these organisations by its public id."""
    query = select(Organisation).where(Organisation.public_id == public_id, under(paths))
    return db.session.scalar(query)


def open_proposals(user_id: int, now: datetime) -> list[RoleProposal]:
    """What is proposed for a person and still waits."""
    query = (
        select(RoleProposal)
        .where(RoleProposal.user_id == user_id, _waits(now))
        .options(joinedload(RoleProposal.organisation), joinedload(RoleProposal.proposed_by))
        .order_by(RoleProposal.id)
    )
    return list(db.session.scalars(query))


def to_confirm(actor: Actor, now: datetime) -> list[RoleProposal]:
    """What waits for this administrator as the second person; fifty at most."""
    roots = rules.roots_of(actor)
    if not roots:
        return []
    query = (
        select(RoleProposal)
        .join(RoleProposal.organisation)
        .where(
            _waits(now),
            under(roots),
            RoleProposal.user_id != actor.user_id,
            RoleProposal.proposed_by_id != actor.user_id,
        )
        .options(
            contains_eager(RoleProposal.organisation),
            joinedload(RoleProposal.user),
            joinedload(RoleProposal.proposed_by),
        )
        .order_by(RoleProposal.id)
        .limit(PAGE)
    )
    return list(db.session.scalars(query))


def proposal(public_id: str) -> RoleProposal:
    """A proposal with its people; raises NotFound."""
    query = (
        select(RoleProposal)
        .where(RoleProposal.public_id == public_id)
        .options(
            joinedload(RoleProposal.organisation),
            joinedload(RoleProposal.user),
            joinedload(RoleProposal.proposed_by),
        )
    )
    return _found(db.session.scalar(query))


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(RoleProposal.state == ProposalState.PROPOSED.value, RoleProposal.expires_at > now)


def _found(row: T | None) -> T:
    if row is None:
        raise NotFound
    return row
