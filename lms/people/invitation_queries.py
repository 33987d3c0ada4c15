"""Reads of invitations: by token, by person, by organisation."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import joinedload

from lms.db import db
from lms.kernel.errors import NotFound
from lms.kernel.paging import Page
from lms.people import queries, sessions
from lms.people.invitation_models import Invitation
from lms.people.models import Organisation, User

PAGE = 50


def by_token(token: str, *, now: datetime) -> Invitation | None:
    """The open invitation of a token."""
    digest = sessions.digest_of(token)
    query = select(Invitation).where(Invitation.digest == digest, is_open(now))
    return db.session.scalar(query.options(joinedload(Invitation.organisation)))


def page_of(paths: tuple[str, ...], number: int) -> Page[Invitation]:
    """A page of the invitations into these organisations, newest first; two statements."""
    inside = Invitation.organisation_id.in_(select(Organisation.id).where(queries.under(paths)))
    total = db.session.scalar(select(func.count(Invitation.id)).where(inside)) or 0
    query = _listed().where(inside).limit(PAGE).offset((number - 1) * PAGE)
    return Page(list(db.session.scalars(query)), total, number, PAGE)


def newest(paths: tuple[str, ...], most: int) -> list[Invitation]:
    """The newest invitations into these organisations."""
    inside = Invitation.organisation_id.in_(select(Organisation.id).where(queries.under(paths)))
    return list(db.session.scalars(_listed().where(inside).limit(most)))


def _listed() -> Select[Invitation]:
    return (
        select(Invitation)
        .options(joinedload(Invitation.organisation), joinedload(Invitation.invited_by))
        .order_by(Invitation.id.desc())
    )


def by_public_id(public_id: str) -> Invitation:
    """An invitation with its organisation; raises NotFound."""
    query = select(Invitation).where(Invitation.public_id == public_id)
    found = db.session.scalar(query.options(joinedload(Invitation.organisation)))
    if found is None:
        raise NotFound
    return found


def for_person(user: User, *, now: datetime) -> list[Invitation]:
    """Open invitations to a person's own address; twenty at most."""
    query = select(Invitation).where(Invitation.email_key == user.email_key, is_open(now))
    query = query.options(joinedload(Invitation.organisation)).order_by(Invitation.id.desc())
    return list(db.session.scalars(query.limit(20)))


def is_unanswered() -> ColumnElement[bool]:
    """A condition: neither accepted nor withdrawn."""
    return and_(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))


def is_open(now: datetime) -> ColumnElement[bool]:
    """A condition: unanswered, and not too old."""
    return and_(is_unanswered(), Invitation.expires_at > now)
