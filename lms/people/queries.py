"""Reads of people and organisations."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, false, or_, select

from lms.db import db
from lms.kernel import text
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Grant, Role
from lms.people.models import Organisation, OrganisationKind, RoleGrant, User


def user_by_id(user_id: int) -> User | None:
    """An active user by internal id."""
    user = db.session.get(User, user_id)
    return user if user is not None and user.is_active else None


def user_by_email(email: str) -> User | None:
    """A user by address, in any case."""
    return db.session.scalar(select(User).where(User.email_key == text.key(email)))


def users() -> list[User]:
    """All users by name; for the command line."""
    return list(db.session.scalars(select(User).order_by(User.name_key, User.id)))


def organisation_by_code(code: str) -> Organisation | None:
    """An organisation by its code."""
    return db.session.scalar(select(Organisation).where(Organisation.code == code))


def actor_of(user: User) -> Actor:
    """The actor a user is: roles with the paths they cover (one statement)."""
    rows = db.session.execute(
        select(RoleGrant.role, Organisation.path)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.user_id == user.id)
        .order_by(RoleGrant.id)
    )
    home = user.organisation.path if user.organisation else None
    return Actor(user.id, home, tuple(Grant(Role(role), path) for role, path in rows))


def roles_held(user_id: int) -> frozenset[str]:
    """The roles a person holds, wherever."""
    return frozenset(db.session.scalars(select(RoleGrant.role).where(RoleGrant.user_id == user_id)))


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """The names of people by internal id."""
    query = select(User.id, User.name).where(User.id.in_(user_ids))
    return {row.id: row.name for row in db.session.execute(query)}


def ids_like(part: str) -> list[int]:
    """Two hundred people at most whose name or address holds the text."""
    wanted = text.key(part)
    holds = or_(
        User.name_key.contains(wanted, autoescape=True),
        User.email_key.contains(wanted, autoescape=True),
    )
    return list(db.session.scalars(select(User.id).where(holds).order_by(User.id).limit(200)))


def zone_of(path: str | None) -> str:
    """The time zone of the organisation at a path, else that of the first root."""
    query = select(Organisation.timezone).order_by(Organisation.id).limit(1)
    own = query.where(Organisation.path == path) if path else query
    return db.session.scalar(own) or db.session.scalar(query) or "UTC"


def organisation_by_path(path: str) -> Organisation:
    """The organisation whose path this is; raises NotFound."""
    found = db.session.scalar(select(Organisation).where(Organisation.path == path))
    if found is None:
        raise NotFound
    return found


def users_with_role(role: Role, path: str) -> list[User]:
    """Active users who hold a role over the organisation at a path, by name."""
    covering = [path[: end + 1] for end, character in enumerate(path) if character == "/"]
    query = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.role == role.value, Organisation.path.in_(covering), User.is_active)
        .distinct()
        .order_by(User.name_key, User.id)
    )
    return list(db.session.scalars(query))


def under(paths: tuple[str, ...]) -> ColumnElement[bool]:
    """A condition on Organisation: it lies at or below any of the paths; none gives nothing."""
    return or_(false(), *(Organisation.path.startswith(p, autoescape=True) for p in paths))


def agencies() -> list[Organisation]:
    """The organisations that send people to courses, by name, at most five hundred."""
    query = select(Organisation).where(Organisation.kind == OrganisationKind.EMPLOYER.value)
    return list(db.session.scalars(query.order_by(Organisation.name, Organisation.id).limit(500)))
